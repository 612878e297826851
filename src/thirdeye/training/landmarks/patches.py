"""What a network learns that says of each patch whether its centre is the landmark.

In place of drawing patches, every patch of a picture counts with the share with which it would be drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    reach = max(how.positive_px, stride / 2)
    rows, columns = (down.abs() <= reach).float(), (across.abs() <= reach).float()
    positive = (rows[..., :, None] * columns[..., None, :]).flatten(2)  # (B, p, n)
    squared = ((down**2)[..., :, None] + (across**2)[..., None, :]).flatten(2)
    scores = logits.flatten(2).float()
    wrongness = F.softplus(scores)
    negative = other_shares(scores.detach(), squared, how) * (1 - positive)
    right = ((wrongness - scores) * positive).sum(2) / positive.sum(2).clamp(min=1)
    wrong = (wrongness * negative).sum(2) / negative.sum(2).clamp(min=1e-9)
    known = positive.amax(dim=2)  # missing landmarks are near nothing
    return ((right + wrong) / 2 * known).sum() / known.sum().clamp(min=1)


def other_shares(scores: Tensor, squared: Tensor, how: PatchTeaching) -> Tensor:
    """(B, p, n) with what each place counts as one that is not the landmark; each ring sums to 1.

    Args:
        scores: (B, p, n) logits.
        squared: (B, p, n) squared distance from the landmark in pixels, NaN where missing.
        how: patches count.
    """
    hardness = (torch.sigmoid(scores) + EASIEST) ** how.hard
    bounds = torch.tensor([edge**2 for edge in how.rings])
    ring = torch.bucketize(squared, bounds, right=True)  # 0: nearer than the first
    sums = torch.zeros(*scores.shape[:2], len(bounds) + 1).scatter_add_(2, ring, hardness)
    worth = torch.cat([torch.zeros_like(sums[..., :1]), 1 / sums[..., 1:].clamp(min=1e-9)], dim=2)
    return hardness * worth.gather(2, ring)
