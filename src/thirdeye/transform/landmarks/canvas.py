"""The canvas on which landmarks are sought, and the way back to the image's own pixels.

Every image is scaled, sides in proportion, until it fits on a canvas with a margin around it, and put into
the middle. The margin is there because points may lie a little outside the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.dense.prepare import Preparation, prepared

Array = NDArray[np.float32]
Places = NDArray[np.float64]


@dataclass(frozen=True)
class Canvas:
    """What every image is put on.

    Args:
        height, width: pixels.
        margin: share of each side that stays free at either end, 0 to below 0.5.
        channels: 1 or 3.
        intensity: "range" (8 bits to -1 to 1) or "image" (each image's own mean and spread).
    """

    height: int
    width: int
    margin: float
    channels: int
    intensity: Literal["range", "image"]

    def zoomed(self, factor: float) -> Canvas:
        """The same canvas with finer pixels."""
        height, width = round(self.height * factor), round(self.width * factor)
        return Canvas(height, width, self.margin, self.channels, self.intensity)

    def frame(self, height: int, width: int) -> Frame:
        """Where an image of these sides comes to lie."""
        free = 1 - 2 * self.margin
        scale = min(self.height * free / height, self.width * free / width)
        rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
        corner = (self.width - columns) // 2, (self.height - rows) // 2
        return Frame((columns / width, rows / height), corner)


@dataclass(frozen=True)
class Frame:
    """The way between an image and the canvas; places are (x, y), pixel centres at halves.

    Args:
        scale: pixels of the canvas per pixel of the image, along x and y.
        corner: (x, y) of the image's upper left corner on the canvas, whole pixels.
    """

    scale: tuple[float, float]
    corner: tuple[int, int]

    def onto(self, xy: Places) -> Places:
        """Places (..., 2) in the image, on the canvas."""
        return np.asarray(xy * np.array(self.scale) + np.array(self.corner))

    def back(self, xy: Places) -> Places:
        """Places (..., 2) on the canvas, in the image."""
        return np.asarray((xy - np.array(self.corner)) / np.array(self.scale))


def placed(item: Image, canvas: Canvas) -> Array:
    """(channels, height, width) of an image on the canvas; around it lies its darkest value.

    Raises:
        UnreadableFile: its channels or values do not suit.
    """
    values = prepared(item, Preparation(2, canvas.channels, canvas.intensity)).array
    frame = canvas.frame(item.height, item.width)
    columns, rows = round(item.width * frame.scale[0]), round(item.height * frame.scale[1])
    result = np.empty((canvas.channels, canvas.height, canvas.width), np.float32)
    left, top = frame.corner
    for channel, source in zip(result, values, strict=True):
        channel[:] = source.min()
        channel[top : top + rows, left : left + columns] = _resized(source, rows, columns)
    return result


def _resized(values: Array, rows: int, columns: int) -> Array:
    """(H, W) on other sides; smoothed where it shrinks (a triangle as wide as a new pixel)."""
    from PIL import Image as Picture

    if values.shape == (rows, columns):
        return values
    return np.asarray(Picture.fromarray(values).resize((columns, rows), Picture.Resampling.BILINEAR))
