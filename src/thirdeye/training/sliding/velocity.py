"""How many patches this machine learns from in a second, measured before the plan is made."""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F

from thirdeye.model.architectures.patch_net import PATCH, PatchNet
from thirdeye.training.adamw import AdamW

BATCH = 64
STEPS = 4
DRAWING_SHARE = 0.25  # of a step that cutting and turning the patches takes besides


def patches_per_s(channels: int, *, bf16: bool) -> float:
    """Patches a second, drawing included; takes a second or two.

    Args:
        channels: of a patch.
        bf16: whether it multiplies in bf16.
    """
    network = PatchNet(n_in=channels, n_out=2).to(memory_format=torch.channels_last).train()
    optimiser = AdamW(network.parameters(), lr=1e-4)
    patches = torch.rand(BATCH, channels, PATCH, PATCH).contiguous(memory_format=torch.channels_last)
    classes = torch.arange(BATCH) % 2
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = network(patches)
        F.cross_entropy(logits.float()[:, :, 0, 0], classes).backward()
        optimiser.step()
        seconds.append(time.perf_counter() - started)
    return BATCH * (1 - DRAWING_SHARE) / min(seconds)
