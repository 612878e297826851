"""Bringing arrays to other sides: smooth for images, by majority for labels.

The outer edges of the first and last voxel stay where they are. Axes along which voxels are much thicker than
along the others are interpolated apart, so that a thin slice is not blurred by far neighbours (Isensee et
al., Nature Methods 18, 2021).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLUR = 0.35  # of the new voxel: what is too fine for it is smoothed away first

Array = NDArray[np.float32]


def resampled(values: Array, sides: tuple[int, ...]) -> Array:
    """(C, ...) to (C, *sides): linear after a running mean where it shrinks, cubic where it grows."""
    from scipy import ndimage  # deferred: reading one image of the right size must not pay for it

    result = values
    for axis, (have, want) in enumerate(zip(values.shape[1:], sides, strict=True), start=1):
        if have == want:
            continue
        if want < have:
            result = ndimage.gaussian_filter1d(result, BLUR * have / want, axis=axis, mode="nearest")
        factors = [1.0] * result.ndim
        factors[axis] = want / have
        order = 1 if want < have else 3
        result = ndimage.zoom(result, factors, order=order, mode="nearest", grid_mode=True)
    return np.asarray(result, np.float32)


def resampled_labels(labels: NDArray[np.uint8], sides: tuple[int, ...]) -> NDArray[np.uint8]:
    """Labels on other sides: each voxel takes the class whose linear share is the largest."""
    best = np.full(sides, -1.0, np.float32)
    result = np.zeros(sides, np.uint8)
    for number in np.unique(labels):
        share = resampled_share((labels == number).astype(np.float32), sides)
        higher = share > best
        result[higher] = number
        np.maximum(best, share, out=best)
    return result


def resampled_share(marked: Array, sides: tuple[int, ...]) -> Array:
    """How much of each new voxel is marked: linear, so that shares that summed to 1 still do.

    Args:
        marked: (...) 0 to 1.
        sides: of the result.
    """
    from scipy import ndimage

    result = marked
    for axis, (have, want) in enumerate(zip(marked.shape, sides, strict=True)):
        if want < have:
            result = ndimage.gaussian_filter1d(result, BLUR * have / want, axis=axis, mode="nearest")
    factors = [want / have for have, want in zip(marked.shape, sides, strict=True)]
    return np.asarray(ndimage.zoom(result, factors, order=1, mode="nearest", grid_mode=True), np.float32)
