"""The region that texture is measured in: grey levels 1..N inside it, 0 outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

Levels = NDArray[np.intp]
Offset = tuple[int, ...]


@dataclass(frozen=True)
class Region:
    """Grey levels of a region in an image (2-D) or a volume (3-D).

    Args:
        levels: integers 1..`n_levels` inside the region, 0 outside; at least one element lies inside.
        n_levels: N, also where the highest levels do not occur.

    Raises:
        UsageError: nothing lies inside, a level is out of range, or the array is not 2-D or 3-D.
    """

    levels: Levels
    n_levels: int

    def __post_init__(self) -> None:
        if self.levels.ndim not in (2, 3):
            raise UsageError(
                f"a region lies in an image or a volume; got an array of shape {self.levels.shape}"
            )
        if not self.levels.any():
            raise UsageError("the region is empty: nothing can be measured in it; check the mask")
        low, high = int(self.levels.min()), int(self.levels.max())
        if low < 0 or high > self.n_levels:
            raise UsageError(f"grey levels lie in 0..{self.n_levels}; got {low} to {high}")

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Where the region is."""
        return self.levels > 0

    @property
    def size(self) -> int:
        """Elements inside."""
        return int(np.count_nonzero(self.levels))


def discretised(
    values: Any, mask: Any = None, *, n_bins: int | None = None, width: float | None = None
) -> Region:
    """Values inside a mask in bins of equal width (IBSI: fixed bin number, or fixed bin size).

    Args:
        values: 2-D or 3-D.
        mask: the same shape, true inside; None is everywhere. Values that are not finite are left out of it.
        n_bins: so many bins from the least to the largest value inside.
        width: bins of this width from the least value inside. Exactly one of the two is given.

    Raises:
        UsageError: neither or both of `n_bins` and `width`; a mask of another shape or empty.
    """
    numbers = np.asarray(values, dtype=np.float64)
    inside = np.isfinite(numbers) if mask is None else np.asarray(mask, dtype=bool)
    if inside.shape != numbers.shape:
        raise UsageError(f"the mask has shape {inside.shape} and the image {numbers.shape}: they must match")
    inside = inside & np.isfinite(numbers)
    if not inside.any():
        raise UsageError("the region is empty: nothing can be measured in it; check the mask")
    if (n_bins is None) == (width is None):
        raise UsageError("give either the number of bins or their width")
    low, high = float(numbers[inside].min()), float(numbers[inside].max())
    if width is None:
        width = (high - low) / int(n_bins or 1) or 1.0
    count = n_bins if n_bins is not None else int((high - low) // width) + 1
    bins = np.floor((np.where(inside, numbers, low) - low) / width).astype(np.intp) + 1
    return Region(np.where(inside, np.minimum(bins, count), 0), int(count))


@lru_cache(maxsize=4)
def directions(n_axes: int) -> tuple[Offset, ...]:
    """Half of the neighbours at Chebyshev distance 1: 4 directions of an image, 13 of a volume."""
    zero = (0,) * n_axes
    return tuple(step for step in product((-1, 0, 1), repeat=n_axes) if step > zero)


def pair_slices(offset: Offset) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Slices that lay an array over itself moved by `offset`: the elements, and their partners."""
    here = tuple(slice(max(0, -step), -step if step > 0 else None) for step in offset)
    there = tuple(slice(max(0, step), step if step < 0 else None) for step in offset)
    return here, there
