"""How far the borders of two masks lie apart, with the convention in every name.

A border pixel is one of the mask with a neighbour (by a face) outside it; beyond the array is background.
Distances are between centres, in mm. Three libraries give 6.79, 2.26 and 11.31 mm for the "HD95" of one pair,
so no number here is called HD95 alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.overlap import Mask, check_masks, check_spacing

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SurfaceDistances:
    """Distances from every border pixel of one mask to the nearest of the other, in mm.

    Args:
        to_prediction: (r,) from the reference.
        to_reference: (p,) from the prediction.
    """

    to_prediction: Array
    to_reference: Array

    @property
    def hausdorff(self) -> float:
        """Largest distance."""
        return float(max(self.to_prediction.max(), self.to_reference.max()))

    @property
    def hd95_max_of_directed(self) -> float:
        """Larger of the two directed 95th percentiles (Metrics Reloaded; the one to report)."""
        return float(max(np.percentile(self.to_prediction, 95), np.percentile(self.to_reference, 95)))

    @property
    def hd95_pooled(self) -> float:
        """95th percentile of both directions together (MedPy), for comparison with others' numbers."""
        return float(np.percentile(self._pooled, 95))

    @property
    def assd_pooled(self) -> float:
        """Mean of both directions together: average symmetric surface distance."""
        return float(self._pooled.mean())

    @property
    def masd_mean_of_directed(self) -> float:
        """Mean of the two directed means: mean average surface distance."""
        return float((self.to_prediction.mean() + self.to_reference.mean()) / 2)

    def nsd(self, tolerance_mm: float) -> float:
        """Normalised surface distance: share of both borders within `tolerance_mm` of the other.

        Raises:
            UsageError: a tolerance below 0.
        """
        if not tolerance_mm >= 0:
            raise UsageError(f"a tolerance is 0 mm or more, got {tolerance_mm}")
        return float((self._pooled <= tolerance_mm).mean())

    @property
    def _pooled(self) -> Array:
        return np.concatenate([self.to_prediction, self.to_reference])


def surface_distances(reference: Any, predicted: Any, *, spacing: Any = None) -> SurfaceDistances | None:
    """Distances between the borders of two masks.

    Args:
        reference, predicted: arrays of one shape, of 0 and 1.
        spacing: distance of neighbours along each axis, in mm; None counts pixels.

    Returns:
        None where a mask is empty: there is no distance, the case counts as a miss (see `worst_distance`).

    Raises:
        UsageError, DataRefused: as `overlap`.
    """
    from scipy.spatial import cKDTree

    truth, found = check_masks(reference, predicted)
    size = check_spacing(spacing, truth.ndim)
    if not truth.any() or not found.any():
        return None
    window = _window(truth | found)
    points = [np.argwhere(border(mask[window])) * size for mask in (truth, found)]
    trees = [cKDTree(part, balanced_tree=False, compact_nodes=False) for part in points]
    return SurfaceDistances(trees[1].query(points[0])[0], trees[0].query(points[1])[0])


def border(mask: Mask) -> Mask:
    """Pixels of the mask with a face neighbour outside it; beyond the array is outside."""
    inner = mask.copy()
    for axis in range(mask.ndim):
        ahead = [slice(None)] * mask.ndim
        behind = [slice(None)] * mask.ndim
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        inner[tuple(behind)] &= mask[tuple(ahead)]
        inner[tuple(ahead)] &= mask[tuple(behind)]
        for end in (0, -1):
            edge = [slice(None)] * mask.ndim
            edge[axis] = slice(end, None) if end else slice(0, 1)
            inner[tuple(edge)] = False
    return mask & ~inner


def worst_distance(shape: Sequence[int], spacing: Any = None) -> float:
    """Diagonal of the image in mm: the distance that a missed or invented structure counts with."""
    size = check_spacing(spacing, len(shape))
    return float(np.linalg.norm((np.asarray(shape) - 1) * size))


def _window(mask: Mask) -> tuple[slice, ...]:
    """Smallest box around what is there, plus one pixel where the array goes on."""
    window = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        filled = np.flatnonzero(mask.any(axis=others))
        window.append(slice(max(0, filled[0] - 1), filled[-1] + 2))
    return tuple(window)
