"""Losses of heat maps; landmarks that are missing or off the canvas take no part.

Sources: cross-entropy over places: as in human pose estimation, Iqbal et al., ECCV 2018 (2.5D heat maps by
softmax); adaptive wing: Wang et al., ICCV 2019; mean squares: Tompson et al., NeurIPS 2014.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from thirdeye.registry import Registry

HeatLoss = Callable[[Tensor, Tensor, Tensor], Tensor]
HEAT_LOSSES: Registry[HeatLoss] = Registry("heat-map loss")

ALPHA, OMEGA, EPSILON, THETA = 2.1, 14.0, 1.0, 0.5  # of the adaptive wing, as published
SQUARES = 100.0  # brings mean squares, nearly all of which are of background, to the size of the others


def blobs(places: Tensor, sides: tuple[int, int], spread: float) -> tuple[Tensor, Tensor]:
    """What a network should draw, and of which landmarks it can be said.

    Args:
        places: (B, p, 2) (x, y) in cells, NaN where missing.
        sides: of a heat map.
        spread: standard deviation of a blob, in cells.

    Returns:
        (B, p, h, w) with peak 1, and (B, p) bool: on the map.
    """
    height, width = sides
    x, y = places[..., 0:1], places[..., 1:2]
    known = ((x > 0) & (x < width) & (y > 0) & (y < height)).squeeze(-1)
    across = torch.exp(-((torch.arange(width) + 0.5 - x) ** 2) / (2 * spread**2))
    down = torch.exp(-((torch.arange(height) + 0.5 - y) ** 2) / (2 * spread**2))
    maps = down[..., :, None] * across[..., None, :]
    return torch.where(known[..., None, None], maps, torch.zeros(())), known


def heat_loss(name: str, logits: Tensor, places: Tensor, spread: float) -> Tensor:
    """Mean loss of the landmarks that are on the map.

    Args:
        name: of a registered loss.
        logits: (B, p, h, w).
        places: (B, p, 2) in cells, NaN where missing.
        spread: of a blob, in cells.
    """
    target, known = blobs(places, (logits.shape[2], logits.shape[3]), spread)
    return HEAT_LOSSES.get(name)(logits.float(), target, known.float())


@HEAT_LOSSES.register("cross_entropy")
def cross_entropy(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Each map is a choice among its places."""
    shares = target / target.sum((-1, -2), keepdim=True).clamp(min=1e-6)
    each = -(shares.flatten(2) * F.log_softmax(logits.flatten(2), dim=-1)).sum(-1)
    return (each * known).sum() / known.sum().clamp(min=1)


@HEAT_LOSSES.register("mean_squares")
def mean_squares(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Each map is a picture."""
    each = ((logits - target) ** 2).flatten(2).mean(-1)
    return SQUARES * (each * known).sum() / known.sum().clamp(min=1)


@HEAT_LOSSES.register("adaptive_wing")
def adaptive_wing(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Each map is a picture whose small errors matter, most of all near the landmark."""
    gap, power = (logits - target).abs(), ALPHA - target
    ratio = THETA / EPSILON
    slope = OMEGA / (1 + ratio**power) * power * ratio ** (power - 1) / EPSILON
    offset = THETA * slope - OMEGA * torch.log1p(ratio**power)
    each = torch.where(gap < THETA, OMEGA * torch.log1p((gap / EPSILON) ** power), slope * gap - offset)
    near = 1 + 10 * (F.max_pool2d(target, 3, 1, 1) >= 0.2)
    return ((each * near).flatten(2).mean(-1) * known).sum() / known.sum().clamp(min=1)
