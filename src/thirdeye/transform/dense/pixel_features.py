"""What a pixel and its neighbourhood look like in plain numbers: for a classical learner beside the network.

Brightness, blurred brightness, steepness, and the curvatures that bright and dark lines, blobs and sheets
have (the eigenvalues of the Hessian: Frangi et al. 1998, MICCAI), at several scales; and where it lies.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

SCALES = (1.0, 2.0, 4.0)
Array = NDArray[np.float32]


def pixel_features(image: Array, at: NDArray[np.int64] | None = None) -> Array:
    """(n, D) features of the pixels or voxels of an image as the network sees it.

    Args:
        image: (C, ...) float32 with two or three axes.
        at: (n,) positions in the flattened grid; None takes all.
    """
    columns = [found.ravel() if at is None else found.ravel()[at] for found in _maps(image)]
    return np.stack(columns, axis=1).astype(np.float32, copy=False)


def feature_names(channels: int, axes: int) -> list[str]:
    """Names of the columns, as `pixel_features` gives them."""
    names = []
    for channel in range(channels):
        own = ["brightness"]
        for scale in SCALES:
            own += [f"blurred_{scale:g}", f"steepness_{scale:g}"]
            own += [f"curvature_{scale:g}_{number}" for number in range(axes)]
        names += [f"channel_{channel}_{name}" for name in own]
    return names + [f"place_{axis}" for axis in range(axes)]


def _maps(image: Array) -> Iterator[Array]:
    for channel in image:
        yield np.asarray(channel, np.float32)
        for scale in SCALES:
            yield from _at_scale(np.asarray(channel, np.float32), scale)
    sides = image.shape[1:]
    for axis, side in enumerate(sides):
        shape = [1] * len(sides)
        shape[axis] = side
        place = np.linspace(0, 1, side, dtype=np.float32).reshape(shape)
        yield np.broadcast_to(place, sides)


def _at_scale(channel: Array, scale: float) -> Iterator[Array]:
    blurred = ndimage.gaussian_filter(channel, scale, mode="nearest", truncate=3.0)
    yield blurred
    first = [_slope(blurred, axis) for axis in range(blurred.ndim)]
    yield np.sqrt(sum(slope**2 for slope in first)).astype(np.float32)
    hessian = np.empty((*blurred.shape, blurred.ndim, blurred.ndim), np.float32)
    for row, slope in enumerate(first):
        for column in range(row, blurred.ndim):
            hessian[..., row, column] = hessian[..., column, row] = _slope(slope, column)
    bends = scale**2 * np.linalg.eigvalsh(hessian)  # scale-normalised
    for number in range(blurred.ndim):
        yield np.asarray(bends[..., number], np.float32)


def _slope(values: Array, axis: int) -> Array:
    if values.shape[axis] < 2:
        return np.zeros_like(values)
    return np.asarray(np.gradient(values, axis=axis), np.float32)
