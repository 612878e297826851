"""Every slice of a volume on which something was marked, with the marks drawn in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.orientation import turn_voxels
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.picture import drawn_on
from thirdeye.intake.volume_picture import ACROSS, SHOWN, plane_of, slice_of, slice_picture


class MarkedSlice(NamedTuple):
    """One slice with its marks.

    Args:
        number: of the slice, from 1, in the order in which pictures go through the volume.
        total: slices of the volume in this plane.
        pixels: (H, W, 3).
        is_fullest: whether no other has more marked.
    """

    number: int
    total: int
    pixels: NDArray[np.uint8]
    is_fullest: bool


def marked_slices(item: Volume, labels: NDArray[np.uint8]) -> Iterator[MarkedSlice]:
    """The slices with marks, in radiological convention, one at a time; none where nothing is marked.

    Args:
        item: the volume.
        labels: on its own grid; anything but 0 is marked.
    """
    plane = plane_of(item)
    turned = turn_voxels(labels, item.geometry.orientation, SHOWN)
    others = tuple(axis for axis in range(3) if axis != ACROSS[plane])
    marked = np.count_nonzero(turned, axis=others)
    for place in np.flatnonzero(marked):
        at = (place + 0.5) / len(marked)
        shown = slice_picture(item, plane=plane, at=at)
        cut = slice_of(labels, item.geometry.orientation, plane, at=at).astype(np.uint8)
        pixels = drawn_on(np.asarray(shown.pixels, np.uint8), cut, shown.spacing_mm or (1.0, 1.0))
        yield MarkedSlice(int(place) + 1, len(marked), pixels, bool(place == marked.argmax()))
