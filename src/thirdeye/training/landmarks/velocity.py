"""How fast this machine learns landmarks, measured before the plan is made."""

from __future__ import annotations

import time

import torch

from thirdeye.model.build_landmarks import HEAT_LITE, build_landmarks
from thirdeye.training.adamw import AdamW
from thirdeye.training.landmarks.losses import heat_loss

SIDES, BATCH, LANDMARKS = (256, 128), 4, 16
WIDTHS = (128, 96, 64)
STEPS = 4


def pixels_per_s() -> float:
    """Pixels of a canvas that a network of landmarks learns from in a second; takes some two seconds."""
    network, _ = build_landmarks(HEAT_LITE, n_out=LANDMARKS, widths=WIDTHS, pretrained=False)
    network = network.to(memory_format=torch.channels_last).train()
    optimiser = AdamW(network.parameters(), lr=1e-4)
    images = torch.rand(BATCH, 3, *SIDES).contiguous(memory_format=torch.channels_last)
    places = torch.rand(BATCH, LANDMARKS, 2) * torch.tensor([SIDES[1] / 4, SIDES[0] / 4])
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        optimiser.zero_grad()
        heat_loss("cross_entropy", network(images), places, 1.0).backward()
        optimiser.step()
        seconds.append(time.perf_counter() - started)
    return BATCH * SIDES[0] * SIDES[1] / min(seconds)
