"""How fast this machine learns to detect, measured before the plan is made."""

from __future__ import annotations

import time

import torch

from thirdeye.model.build_detector import FCOS, build_detector
from thirdeye.model.detectors.detection_network import Truth
from thirdeye.training.adamw import AdamW
from thirdeye.transform.detection.anchors import Anchors

SIDES, BATCH, STEPS = (192, 192), 8, 3
WIDTH = 64


def pixels_per_s() -> float:
    """Pixels of windows that a detector of three levels learns from in a second; takes some two seconds."""
    anchors = Anchors((8, 16, 32), (8.0, 16.0, 32.0))
    network, _ = build_detector(FCOS, anchors, n_classes=2, width=WIDTH, weights="none")
    network = network.to(memory_format=torch.channels_last).train()
    optimiser = AdamW(network.parameters(), lr=1e-4)
    windows = torch.rand(BATCH, 3, *SIDES).contiguous(memory_format=torch.channels_last)
    truth = Truth(torch.tensor([[20.0, 20.0, 60.0, 60.0]]), torch.tensor([0]))
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        loss = network.loss(windows, [truth] * BATCH)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seconds.append(time.perf_counter() - started)
    return BATCH * SIDES[0] * SIDES[1] / min(seconds)
