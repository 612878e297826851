"""How fast this machine learns: the fourth V, measured before the plan is made."""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F
from torch import nn

from thirdeye.model.build import build_network

PROBE_BATCH = 32
PROBE_STEPS = 6
PROBE_SIDE = 160


def images_per_s() -> float:
    """Images that the embedded architecture learns from in one second at 224 px; takes some three seconds."""
    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="none")
    network = network.to(memory_format=torch.channels_last).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-4, fused=True)
    images = torch.rand(PROBE_BATCH, PROBE_SIDE, PROBE_SIDE, 3).permute(0, 3, 1, 2)
    labels = torch.arange(PROBE_BATCH) % 2
    seconds = [_step(network, optimiser, images, labels) for _ in range(PROBE_STEPS)]
    return PROBE_BATCH / min(seconds) * (PROBE_SIDE / 224) ** 2


def _step(
    network: nn.Module, optimiser: torch.optim.Optimizer, images: torch.Tensor, labels: torch.Tensor
) -> float:
    started = time.perf_counter()
    optimiser.zero_grad()
    F.cross_entropy(network(images), labels).backward()
    optimiser.step()
    return time.perf_counter() - started
