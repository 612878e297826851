"""How fast this machine learns: the fourth V, measured before the plan is made."""

from __future__ import annotations

import math
import time

import torch
import torch.nn.functional as F
from torch import nn

from thirdeye.model.build import build_network
from thirdeye.training.adamw import AdamW

PROBE_BATCH = 32
PROBE_STEPS = 6
PROBE_SIDE = 160
READ_STEPS = 9


def images_per_s(*, batch: int = PROBE_BATCH, limit_s: float = math.inf) -> float:
    """Images that the embedded architecture learns from in one second at 224 px; takes some three seconds.

    Args:
        batch: images a step.
        limit_s: no step but the first two begins later than this; on a busy machine a step may take seconds.
    """
    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="none")
    network = network.to(memory_format=torch.channels_last).train()
    optimiser = AdamW(network.parameters(), lr=1e-4)
    images = torch.rand(batch, PROBE_SIDE, PROBE_SIDE, 3).permute(0, 3, 1, 2)
    labels = torch.arange(batch) % 2
    started = time.perf_counter()
    seconds: list[float] = []
    while len(seconds) < 2 or (len(seconds) < PROBE_STEPS and time.perf_counter() - started < limit_s):
        seconds.append(_step(network, optimiser, images, labels))
    return batch / min(seconds) * (PROBE_SIDE / 224) ** 2


def images_read_per_s() -> float:
    """Images of 224 px that the embedded architecture reads one after the other in a second, with torch."""
    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="none")
    network = network.to(memory_format=torch.channels_last).eval()
    image = torch.rand(1, 224, 224, 3).permute(0, 3, 1, 2)
    seconds = []
    with torch.inference_mode():
        for _ in range(READ_STEPS):
            started = time.perf_counter()
            network(image)
            seconds.append(time.perf_counter() - started)
    return 1 / sorted(seconds)[len(seconds) // 2]


def _step(network: nn.Module, optimiser: AdamW, images: torch.Tensor, labels: torch.Tensor) -> float:
    started = time.perf_counter()
    optimiser.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    optimiser.step()
    return time.perf_counter() - started
