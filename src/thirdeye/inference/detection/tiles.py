"""Reading a prepared image whole, or window by window where it is larger than what was learnt from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.heads import WindowReader

Array = NDArray[np.float32]
AT_A_TIME = 4  # windows
ALMOST_OUT = 0.5  # pixels
COVERED = 0.5  # share of a cut box from which it repeats a whole one


@dataclass(frozen=True)
class Tiling:
    """How a large image is cut into windows.

    Args:
        sides: (height, width) of a window, multiples of `multiple`.
        overlap: share of a window that its neighbour sees too, 0 to below 1.
        multiple: what the sides of a window must be multiples of.
    """

    sides: tuple[int, int]
    overlap: float
    multiple: int

    def corners(self, image: tuple[int, int]) -> list[tuple[int, int]]:
        """(top, left) of the windows that together see an image of (height, width)."""
        rows, columns = (
            _starts(side, window, self.overlap) for side, window in zip(image, self.sides, strict=True)
        )
        return [(row, column) for row in rows for column in columns]


def read_image(array: Array, reader: WindowReader, tiling: Tiling, *, lowest: float) -> Detections:
    """Boxes of a prepared image (3, H, W) in its pixels, before suppression.

    A box that is cut by the edge of a window counts only where no window sees the thing whole.

    Args:
        array: the image, any size.
        reader: the network.
        tiling: windows; an image that fits into one is read whole.
        lowest: score below which nothing is reported.
    """
    sides = (array.shape[1], array.shape[2])
    found, cut = [], []
    for corners, windows in _batches(array, tiling):
        for (top, left), one in zip(corners, reader.look(windows, lowest), strict=True):
            boxes = _moved(one.boxes, (top, left), sides)
            found.append((boxes, one.scores, one.classes))
            cut.append(_touches(one.boxes, (top, left), windows.shape[2:], sides))
    boxes, scores, classes = (np.concatenate(part) for part in zip(*found, strict=True))
    kept = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    kept &= ~_repeated(boxes, classes, np.concatenate(cut))
    return Detections.ordered(boxes[kept], scores[kept], classes[kept])


def _batches(array: Array, tiling: Tiling) -> Iterator[tuple[list[tuple[int, int]], Array]]:
    height, width = array.shape[1:]
    if height <= tiling.sides[0] and width <= tiling.sides[1]:
        sides = tuple(-(-side // tiling.multiple) * tiling.multiple for side in (height, width))
        yield [(0, 0)], _cut(array, 0, 0, (sides[0], sides[1]))[None]
        return
    corners = tiling.corners((height, width))
    for start in range(0, len(corners), AT_A_TIME):
        part = corners[start : start + AT_A_TIME]
        yield part, np.stack([_cut(array, top, left, tiling.sides) for top, left in part])


def _cut(array: Array, top: int, left: int, sides: tuple[int, int]) -> Array:
    """A window; zeros (the middle of the grey scale) beyond the image."""
    part = array[:, top : top + sides[0], left : left + sides[1]]
    if part.shape[1:] == sides:
        return np.ascontiguousarray(part)
    window = np.zeros((array.shape[0], *sides), np.float32)
    window[:, : part.shape[1], : part.shape[2]] = part
    return window


def _starts(side: int, window: int, overlap: float) -> list[int]:
    if side <= window:
        return [0]
    step = max(1, int(window * (1 - overlap)))
    count = -(-(side - window) // step) + 1
    return [round(one) for one in np.linspace(0, side - window, count)]


def _moved(
    boxes: NDArray[np.float64], corner: tuple[int, int], image: tuple[int, int]
) -> NDArray[np.float64]:
    """Boxes of a window in pixels of the image, cut off at its edges."""
    corners = np.array([corner[1], corner[0]] * 2, np.float64)
    return np.clip(boxes + corners, 0, np.array([image[1], image[0]] * 2, np.float64))


def _touches(
    boxes: NDArray[np.float64], corner: tuple[int, int], window: tuple[int, ...], image: tuple[int, int]
) -> NDArray[np.bool_]:
    """Whether a box reaches an edge of its window where the image goes on."""
    touching = np.zeros(len(boxes), bool)
    for axis in (0, 1):  # rows, columns
        if corner[axis] > 0:
            touching |= boxes[:, 1 - axis] <= ALMOST_OUT
        if corner[axis] + window[axis] < image[axis]:
            touching |= boxes[:, 3 - axis] >= window[axis] - ALMOST_OUT
    return touching


def _repeated(
    boxes: NDArray[np.float64], classes: NDArray[np.int64], cut: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Cut boxes that lie mostly within a whole one of their class."""
    repeated = np.zeros(len(boxes), bool)
    for place in np.flatnonzero(cut):
        box, whole = boxes[place], boxes[~cut & (classes == classes[place])]
        low, high = np.maximum(box[:2], whole[:, :2]), np.minimum(box[2:], whole[:, 2:])
        shared = np.clip(high - low, 0, None).prod(axis=1)
        area = (box[2:] - box[:2]).prod()
        repeated[place] = bool((shared > COVERED * area).any())
    return repeated
