"""Which landmark each becomes in a mirror, from how they lie."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mirror_of(points: NDArray[np.float64]) -> tuple[tuple[int, ...], float]:
    """The exchange of landmarks under which the median shape resembles its mirror image most.

    Args:
        points: (n, p, 2) pixels, NaN where missing.

    Returns:
        Position of the landmark that each becomes, its own for those of the midline; and how much farther
        shapes are from the mirror image of their median than from the median itself, as a ratio. The exchange
        undoes itself: where the best one does not, landmarks have no partners and the ratio is infinite.
    """
    from scipy.optimize import linear_sum_assignment

    if np.isnan(points).all(axis=0).any():
        return tuple(range(points.shape[1])), float("inf")
    centred = points - np.nanmedian(points, axis=1, keepdims=True)
    shape = np.nanmedian(centred, axis=0)
    flipped = shape * [-1, 1]
    flipped = flipped - flipped.mean(axis=0) + shape.mean(axis=0)
    gaps = np.linalg.norm(shape[:, None] - flipped[None], axis=2)
    _, partner = linear_sum_assignment(gaps)
    own = np.arange(len(partner))
    if (partner[partner] != own).any():
        return tuple(range(len(partner))), float("inf")
    far, near = (np.nanmean(np.linalg.norm(centred - one, axis=2)) for one in (flipped[partner], shape))
    return tuple(int(one) for one in partner), float(far / max(near, 1e-9))


def mirrored(places: NDArray[np.float64], swapped: tuple[int, ...], width: float) -> NDArray[np.float64]:
    """Places (..., p, 2) in the mirror of a picture of this width, each under its new name."""
    return np.asarray((places * [-1, 1] + [width, 0])[..., list(swapped), :])
