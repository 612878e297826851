"""A whole image as one row of numbers: what a direct regression of points learns from.

The image is stretched onto a square, so that a place is a share of its width and height.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.case.image import Image
from thirdeye.transform.handcrafted.gradient import ORIENTATIONS, central_differences

SIDE_PX = 160
CELL_PX, BLOCK = 10, 2
PIXELS_SIDE = 40
_CLIP = 0.2

Grey = NDArray[np.float32]


def whole_picture(item: Image) -> Grey:
    """(SIDE_PX, SIDE_PX) grey, 0 to 1 between its own 1st and 99th percentile."""
    values = item.pixels.astype(np.float32)
    grey = values.mean(axis=2) if item.is_colour else values
    small = np.asarray(Picture.fromarray(grey).resize((SIDE_PX, SIDE_PX), Picture.Resampling.BILINEAR))
    low, high = np.percentile(small, [1, 99])
    return np.asarray(np.clip((small - low) / max(float(high - low), 1e-6), 0, 1), np.float32)


def pixels_of(picture: Grey) -> NDArray[np.float32]:
    """(PIXELS_SIDE^2,) mean brightness of square patches."""
    step = SIDE_PX // PIXELS_SIDE
    return picture.reshape(PIXELS_SIDE, step, PIXELS_SIDE, step).mean(axis=(1, 3)).ravel()


def oriented_gradients(picture: Grey) -> NDArray[np.float32]:
    """Histogram of oriented gradients (Dalal & Triggs 2005): cells of `CELL_PX`, blocks of 2 x 2 cells."""
    rows, columns = central_differences(picture)
    magnitude = np.hypot(rows, columns)
    angle = np.arctan2(rows, columns) % np.float32(np.pi)
    bins = np.minimum((angle * np.float32(ORIENTATIONS / np.pi)).astype(np.intp), ORIENTATIONS - 1)
    cells = SIDE_PX // CELL_PX
    place = np.arange(SIDE_PX) // CELL_PX
    index = (place[:, None] * cells + place[None]) * ORIENTATIONS + bins
    sums = np.bincount(index.ravel(), magnitude.ravel(), cells * cells * ORIENTATIONS)
    table = sums.reshape(cells, cells, ORIENTATIONS)
    blocks = np.concatenate(
        [table[i : cells - 1 + i, j : cells - 1 + j] for i in range(BLOCK) for j in range(BLOCK)], axis=2
    )
    for _ in range(2):  # "L2-Hys": unit length, clipped, unit length again
        blocks = blocks / np.sqrt((blocks**2).sum(axis=2, keepdims=True) + 1e-6)
        blocks = np.minimum(blocks, _CLIP)
    return blocks.astype(np.float32).ravel()
