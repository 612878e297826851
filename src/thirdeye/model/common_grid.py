"""Feature maps of different networks on one grid, every mean kept to the last digit."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def common_side(maps: Sequence[Tensor]) -> int:
    """Side of the finest of square maps (B, C, h, h)."""
    return max(int(one.shape[-1]) for one in maps)


def regridded(maps: Tensor, side: int) -> Tensor:
    """Square maps (B, C, h, h) on a finer grid (B, C, side, side).

    Each new cell holds the mean of what it covers of the old ones, so that the mean of a map, and with it
    the logit, stays what it was.
    """
    if maps.shape[-1] == side:
        return maps
    share = shares(int(maps.shape[-1]), side).to(maps)
    return share @ maps @ share.T


def shares(old: int, new: int) -> Tensor:
    """(new, old): which share of each new cell lies in each old one, along one axis."""
    edges = torch.arange(new + 1, dtype=torch.float64) / new
    cells = torch.arange(old, dtype=torch.float64)[None] / old
    low = torch.maximum(edges[:-1, None], cells)
    high = torch.minimum(edges[1:, None], cells + 1 / old)
    return ((high - low).clamp(min=0) * new).float()
