"""How fast this machine trains the network that a plan asks for, measured before the plan is finished."""

from __future__ import annotations

import time

import torch

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.adamw import AdamW
from thirdeye.training.dense.engine import LAYOUTS, laid_out
from thirdeye.training.dense.losses import dice_cross_entropy, supervised_loss

STEPS = 4  # the first one, which sets everything up, does not count
PATIENCE_S = 8.0  # after which two steps must do


def voxels_per_s(
    network: DenseNetwork,
    patch: tuple[int, ...],
    batch: int,
    *,
    channels: int,
    bf16: bool,
    margin: tuple[int, ...] = (),
) -> float:
    """Voxels that a network learns from in a second; takes a few seconds.

    Time of the processor counts, not of the clock: what else the machine does now it may not do later, and
    a training that turns out slower is shortened.

    Args:
        network: as planned; its weights are moved.
        patch: sides of what is learnt at a time.
        batch: patches a step.
        channels: of a patch.
        bf16: whether it multiplies in bf16.
        margin: places that the network sees on either side of that; empty: none.
    """
    layout = LAYOUTS[len(patch)]
    network = laid_out(network).train()
    optimiser = AdamW(network.parameters(), lr=1e-6)
    seen = [side + 2 * beyond for side, beyond in zip(patch, margin or (0,) * len(patch), strict=True)]
    images = torch.rand(batch, channels, *seen).contiguous(memory_format=layout)
    targets = torch.randint(0, 2, (batch, *patch))
    seconds: list[float] = []
    began = time.perf_counter()
    while len(seconds) < STEPS and not (len(seconds) >= 2 and time.perf_counter() - began > PATIENCE_S):
        started = time.process_time()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            answers = network.answers(images)
        optimiser.zero_grad()
        supervised_loss(dice_cross_entropy, answers, targets).backward()
        optimiser.step()
        seconds.append((time.process_time() - started) / torch.get_num_threads())
    return float(targets.numel() / min(seconds[1:]))
