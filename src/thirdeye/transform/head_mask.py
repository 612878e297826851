"""Where the head is in an MR image, and where the brain: by brightness and shape, without a network.

Simple and honest: the head is what is brighter than its surroundings, the brain the largest piece that is
left when thin bridges to scalp and eyes are cut. It suits images in which the skull is dark (T1, T2, FLAIR)
and the head lies in the image whole. It is no validated skull stripping; where it finds no brain it leaves
the head.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]

BINS = 256
BRIDGE_MM = 3.0  # half the thickness of what is cut
LEAST = 0.1  # share of the head below which a piece is no brain


def head_mask(image: NDArray[np.float32]) -> Mask:
    """What is brighter than the surroundings (Otsu 1979), holes filled, in the shape of the image."""
    return _filled(_bright(image))


def brain_mask(image: NDArray[np.float32], spacing: Sequence[float]) -> Mask:
    """The brain of a head.

    Args:
        image: (...) one channel.
        spacing: distance of neighbouring places along each axis, in mm; where it is not known 1 each.

    Returns:
        Of the shape of the image; the head where no piece is large enough for a brain.
    """
    bright = _bright(image)
    head = _filled(bright)
    deep = (
        ndimage.distance_transform_edt(_edged(bright), sampling=list(spacing))[_inner(image.ndim)] > BRIDGE_MM
    )
    pieces, count = ndimage.label(deep)
    if not count:
        return head
    sizes = np.bincount(pieces.ravel())[1:]
    core = pieces == 1 + int(sizes.argmax())
    near = ndimage.distance_transform_edt(~core, sampling=list(spacing)) <= BRIDGE_MM + max(spacing) / 2
    found = _filled(near & bright)
    return found if found.sum() >= LEAST * head.sum() else head


def _bright(image: NDArray[np.float32]) -> Mask:
    """What is brighter than the surroundings; everywhere in an image of one value."""
    low, high = np.percentile(image, (0.5, 99.5))
    if not high > low:
        return np.ones(image.shape, bool)
    roots = np.sqrt(np.clip(image, low, high) - low)  # so that bright fluid does not part tissue from tissue
    return np.asarray(roots > _otsu(roots))


def _otsu(values: NDArray[np.float32]) -> float:
    """The limit that parts values into two groups, each as alike as can be."""
    counts, edges = np.histogram(values, BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1].astype(float)
    above = counts.sum() - below
    sums = np.cumsum(counts * middles)
    low = sums[:-1] / np.maximum(below, 1)
    high = (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1 + int((below * above * (high - low) ** 2).argmax())])


def _filled(mask: Mask) -> Mask:
    """Holes filled slice by slice along the axis of the fewest slices, where there are three."""
    if mask.ndim == 2:
        return np.asarray(ndimage.binary_fill_holes(mask))
    axis = int(np.argmin(mask.shape))
    slices = [ndimage.binary_fill_holes(one) for one in np.moveaxis(mask, axis, 0)]
    return np.asarray(np.moveaxis(np.stack(slices), 0, axis))


def _edged(mask: Mask) -> Mask:
    """In two dimensions with an edge of nothing, so that what touches the border is near to nothing there."""
    return np.pad(mask, 1) if mask.ndim == 2 else np.pad(mask, 1, mode="edge")


def _inner(axes: int) -> tuple[slice, ...]:
    return (slice(1, -1),) * axes
