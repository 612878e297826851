"""What a network learns that says of each patch whether its centre is the landmark.

In place of drawing patches, every patch of a picture counts with the share with which it would be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

EASIEST = 0.01  # what a place counts at least, where hard ones count more


@dataclass(frozen=True)
class PatchTeaching:
    """Which patches are of the landmark, and which of the others count.

    Args:
        positive_px: how far, along either axis, the centre of a patch may lie from the landmark.
        rings: distances from the landmark that bound the rings from which other patches come, in pixels of
            the canvas, growing; the last ring has no end. Each ring counts alike.
        hard: power of a place's own probability with which it counts within its ring; 0: all alike.
    """

    positive_px: float
    rings: tuple[float, ...]
    hard: float


def patch_loss(logits: Tensor, places: Tensor, stride: int, how: PatchTeaching) -> Tensor:
    """Cross-entropy, half from patches of the landmarks, half from others; of landmarks on the map alone.

    Args:
        logits: (B, p, h, w).
        places: (B, p, 2) (x, y) pixels of the canvas, NaN where missing.
        stride: pixels per cell.
        how: patches count.
    """
    x = (torch.arange(logits.shape[3]) + 0.5) * stride
    y = (torch.arange(logits.shape[2]) + 0.5) * stride
    across, down = x - places[..., 0:1], y - places[..., 1:2]  # (B, p, w), (B, p, h)
    nearest = torch.maximum(down.abs()[..., :, None], across.abs()[..., None, :]).flatten(2)
    distance = torch.sqrt(down[..., :, None] ** 2 + across[..., None, :] ** 2).flatten(2)
    scores = logits.flatten(2).float()
    positive = (nearest <= max(how.positive_px, stride / 2)).float()
    known = positive.amax(dim=2)  # missing landmarks are near nothing
    negative = other_shares(scores.detach(), distance, how) * (1 - positive)
    right = (F.softplus(-scores) * positive).sum(2) / positive.sum(2).clamp(min=1)
    wrong = (F.softplus(scores) * negative).sum(2) / negative.sum(2).clamp(min=1e-9)
    return ((right + wrong) / 2 * known).sum() / known.sum().clamp(min=1)


def other_shares(scores: Tensor, distance: Tensor, how: PatchTeaching) -> Tensor:
    """(B, p, n) with what each place counts as one that is not the landmark; each ring sums to 1.

    Args:
        scores: (B, p, n) logits.
        distance: (B, p, n) pixels from the landmark, NaN where missing.
        how: patches count.
    """
    hardness = (torch.sigmoid(scores) + EASIEST) ** how.hard
    total = torch.zeros_like(scores)
    for low, high in pairwise((*how.rings, float("inf"))):
        own = hardness * ((distance >= low) & (distance < high))
        total += own / own.sum(dim=2, keepdim=True).clamp(min=1e-9)
    return total
