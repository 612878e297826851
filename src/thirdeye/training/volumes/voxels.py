"""Which voxels of a risk map tell: Matthews' correlation of each with the class.

Matthews, Biochim Biophys Acta 1975;405:442-451: (TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN)).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

HALF = 0.5


def matthews_map(maps: NDArray[np.floating], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Correlation, -1 to 1, of each voxel's call (risk of one half or more) with the class, shape of a map.

    Where all calls or all labels are alike it is 0: such a voxel tells nothing.

    Args:
        maps: (n, ...) risks from 0 to 1.
        labels: (n,) 0 or 1.
    """
    calls = maps >= HALF
    truth = (labels == 1).reshape(-1, *[1] * (maps.ndim - 1))
    hit, false = (calls & truth).sum(axis=0), (calls & ~truth).sum(axis=0)
    missed, right = (~calls & truth).sum(axis=0), (~calls & ~truth).sum(axis=0)
    below = np.sqrt(
        np.asarray((hit + false), dtype=np.float64) * (hit + missed) * (right + false) * (right + missed)
    )
    above = hit.astype(np.float64) * right - false.astype(np.float64) * missed
    return np.asarray(np.divide(above, below, out=np.zeros_like(below), where=below > 0))


def chosen_voxels(correlation: NDArray[np.floating], *, most: int, least: float) -> NDArray[np.int64]:
    """Positions, in the flattened map, of the voxels that tell: those above `least`, or else the best `most`.

    Args:
        correlation: of `matthews_map`.
        most: voxels, if fewer than that are above `least`, and of those above it.
        least: correlation.

    Raises:
        UsageError: fewer than one voxel is asked for.
    """
    if most < 1:
        raise UsageError(f"at least one voxel has to be chosen, got voxels={most}")
    flat = correlation.ravel()
    order = np.argsort(-flat, kind="stable")[:most]
    above = order[flat[order] > least]
    return np.asarray(above if len(above) == most else order, dtype=np.int64)
