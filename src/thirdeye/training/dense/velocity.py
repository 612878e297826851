"""How fast this machine learns to segment, measured before the plan is made."""

from __future__ import annotations

import time

import torch

from thirdeye.model.architectures.unet import UNet, UNetShape
from thirdeye.training.dense.losses import dice_cross_entropy, supervised_loss

SIDES = {2: (128, 128), 3: (32, 32, 32)}
BATCH = {2: 4, 3: 2}
WIDTHS = {2: (32, 64, 128, 256), 3: (24, 48, 96, 192)}
STEPS = 4


def voxels_per_s(axes: int, *, bf16: bool) -> float:
    """Voxels that a U-Net of four levels learns from in a second; takes some two seconds.

    Args:
        axes: 2 or 3.
        bf16: whether it multiplies in bf16.
    """
    widths = WIDTHS[axes]
    levels = len(widths)
    shape = UNetShape(1, 2, widths, ((2,) * axes,) * (levels - 1), ((3,) * axes,) * levels)
    layout = torch.channels_last if axes == 2 else torch.channels_last_3d
    network = UNet(shape, supervised=2).to(memory_format=layout).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4, fused=True)
    images = torch.rand(BATCH[axes], 1, *SIDES[axes]).contiguous(memory_format=layout)
    targets = torch.randint(0, 2, (BATCH[axes], *SIDES[axes]))
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            answers = network.answers(images)
        optimiser.zero_grad()
        supervised_loss(dice_cross_entropy, answers, targets).backward()
        optimiser.step()
        seconds.append(time.perf_counter() - started)
    return images.numel() / min(seconds)
