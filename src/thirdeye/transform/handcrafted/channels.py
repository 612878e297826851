"""Channels that classical detectors look at: colour, strength and direction of edges, in cells of pixels.

Source: aggregated channel features, Dollar, Appel, Belongie & Perona, PAMI 36:1532 (2014).
"""

from __future__ import annotations

import numpy as np
import PIL.Image
from numpy.typing import NDArray

Array = NDArray[np.float32]
CELL_PX = 4
DIRECTIONS = 6
CHANNELS = 3 + 1 + DIRECTIONS
_SOFT = 0.05  # strength of an edge that counts as none


def channel_cells(picture: NDArray[np.uint8], *, height: int, width: int) -> Array:
    """Brightness, two colour differences, edge strength and six edge directions, averaged in cells.

    Args:
        picture: (H, W, 3).
        height, width: to which it is resized first, in pixels; at least one cell.

    Returns:
        (height // 4, width // 4, 10) float32, about 0 to 1.
    """
    resized = PIL.Image.fromarray(picture).resize(
        (width, height), PIL.Image.Resampling.BILINEAR, reducing_gap=2.0
    )
    pixels = np.asarray(resized, np.float32) / 255
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    grey = (red + green + blue) / 3
    down, across = np.gradient(grey)
    strength = np.hypot(down, across)
    place = (np.arctan2(down, across) % np.pi) * (DIRECTIONS / np.pi)
    first = place.astype(np.int64) % DIRECTIONS
    share = place - np.floor(place)
    whole = np.empty((height, width, CHANNELS), np.float32)
    whole[..., 0], whole[..., 1], whole[..., 2] = grey, (red - green) / 2, (grey - blue) / 2
    local = strength / (_smoothed(strength) + _SOFT)
    whole[..., 3] = local
    for direction in range(DIRECTIONS):
        whole[..., 4 + direction] = local * np.where(first == direction, 1 - share, 0)
        whole[..., 4 + direction] += local * np.where((first + 1) % DIRECTIONS == direction, share, 0)
    return _in_cells(whole)


def _smoothed(values: Array) -> Array:
    from scipy import ndimage

    return np.asarray(ndimage.uniform_filter(values, 5, mode="nearest"), np.float32)


def _in_cells(whole: Array) -> Array:
    rows, columns = whole.shape[0] // CELL_PX, whole.shape[1] // CELL_PX
    cut = whole[: rows * CELL_PX, : columns * CELL_PX]
    return cut.reshape(rows, CELL_PX, columns, CELL_PX, -1).mean(axis=(1, 3), dtype=np.float32)
