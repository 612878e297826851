"""Cheap views of a picture that gauges measure: a piece at full detail, and all of it coarsely."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image

CROP_PX = 256
_BLOCK_PX = 8  # of JPEG; a piece starts on this grid
LEVELS = 256


def piece(image: Image, size_px: int = CROP_PX) -> NDArray[np.float32]:
    """(h, w) the middle of the picture at full detail, at most `size_px` a side; green of a colour picture.

    Its upper left corner lies on the picture's grid of 8 x 8 pixels.
    """
    plane = _plane(image.pixels)
    top, left = (max(0, (side - size_px) // 2) // _BLOCK_PX * _BLOCK_PX for side in plane.shape)
    return np.asarray(plane[top : top + size_px, left : left + size_px], dtype=np.float32)


def coarse_levels(image: Image, size_px: int = CROP_PX, *, brightest: bool = False) -> NDArray[np.uint8]:
    """(h, w) the whole picture at 256 levels of its `value_range`, at most `size_px` a side.

    Args:
        image: of any size.
        size_px: longest side.
        brightest: take the brightest pixel of each block, so that thin strokes stay; else every k-th pixel.
    """
    plane = _plane(image.pixels)
    step = math.ceil(max(plane.shape) / size_px)
    if step > 1 and brightest:
        plane = _brightest(_brightest(plane, step).T, step).T
    elif step > 1:
        plane = plane[::step, ::step]
    if plane.dtype == np.uint8:
        return plane
    low, high = value_range(image)
    scaled = (plane.astype(np.float32) - low) * np.float32((LEVELS - 1) / max(high - low, 1e-12))
    return np.asarray(np.clip(scaled, 0, LEVELS - 1), dtype=np.uint8)


def value_range(image: Image) -> tuple[float, float]:
    """Least and greatest value that could be: 0 to 255 for 8 bits, else the picture's own."""
    plane = _plane(image.pixels)
    if plane.dtype == np.uint8:
        return 0.0, 255.0
    return float(plane.min()), float(plane.max())


def _plane(pixels: NDArray[Any]) -> NDArray[Any]:
    return pixels if pixels.ndim == 2 else pixels[:, :, 1]


def _brightest(plane: NDArray[Any], step: int) -> NDArray[Any]:
    """The greatest of every `step` rows; what is left over at the end is dropped."""
    rows = len(plane) // step * step
    greatest = plane[:rows:step].copy()
    for offset in range(1, step):
        np.maximum(greatest, plane[offset:rows:step], out=greatest)
    return greatest
