"""Windows of every place and size in a picture, and a linear score of all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.channels import CELL_PX, CHANNELS, channel_cells

Array = NDArray[np.float32]
Boxes = NDArray[np.float64]
OBJECT_CELLS = 8
WINDOW_CELLS = OBJECT_CELLS + 2  # a cell of surroundings on each side
FEATURES = WINDOW_CELLS * WINDOW_CELLS * CHANNELS
_PAD = WINDOW_CELLS // 2
_STEP = 2 ** (1 / 3)  # between sizes
_LARGEST_SIDE = 4000


@dataclass(frozen=True)
class Level:
    """One size of windows in a picture.

    Args:
        cells: (h, w, C) with a margin of half a window.
        side: of the object in a window, in pixels of the picture.
        shrunk: size of the level over that of the picture.
    """

    cells: Array
    side: float
    shrunk: float

    @property
    def shape(self) -> tuple[int, int]:
        """How many windows there are, down and across."""
        return self.cells.shape[0] - WINDOW_CELLS + 1, self.cells.shape[1] - WINDOW_CELLS + 1


def sides_of(boxes: Boxes) -> tuple[float, ...]:
    """Sides of the windows for boxes (n, 4): a third of an octave apart, over all but the rarest sizes."""
    sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    low, high = np.percentile(sizes, [2, 98])
    low = max(float(low), OBJECT_CELLS * CELL_PX / 2)
    number = max(1, int(np.ceil(np.log(max(high, low) / low) / np.log(_STEP) + 1)))
    return tuple(low * _STEP**step for step in range(min(number, 15)))


def pyramid(picture: NDArray[np.uint8], sides: tuple[float, ...]) -> list[Level]:
    """The levels of a picture (H, W, 3) for windows of these sides; those too small or large are left out."""
    levels = []
    for side in sides:
        shrunk = OBJECT_CELLS * CELL_PX / side
        height, width = (round(length * shrunk) for length in picture.shape[:2])
        if min(height, width) >= CELL_PX * 2 and max(height, width) <= _LARGEST_SIDE:
            cells = channel_cells(picture, height=height, width=width)
            margin = ((_PAD, _PAD), (_PAD, _PAD), (0, 0))
            levels.append(Level(np.pad(cells, margin, mode="edge"), side, shrunk))
    return levels


def squares(level: Level, places: NDArray[np.int64]) -> Boxes:
    """(n, 4) squares of the object in the windows at (n, 2) row and column."""
    centres = places[:, ::-1] * CELL_PX / level.shrunk
    return np.hstack([centres - level.side / 2, centres + level.side / 2])


def features(level: Level, places: NDArray[np.int64]) -> Array:
    """(n, FEATURES) of the windows at (n, 2) row and column."""
    views = sliding_window_view(level.cells, (WINDOW_CELLS, WINDOW_CELLS), axis=(0, 1))
    chosen = views[places[:, 0], places[:, 1]]  # (n, C, rows, columns)
    return np.ascontiguousarray(chosen.transpose(0, 2, 3, 1)).reshape(len(places), -1)


def linear_scores(level: Level, weights: Array, bias: Array) -> Array:
    """(h, w, K) of every window of a level under (FEATURES, K) weights and (K,) bias."""
    rows, columns = level.shape
    by_row = weights.reshape(WINDOW_CELLS, WINDOW_CELLS, CHANNELS, -1)
    total = np.zeros((rows * columns, weights.shape[1]), np.float32)
    for row in range(WINDOW_CELLS):
        part = sliding_window_view(level.cells[row : row + rows], WINDOW_CELLS, axis=1)  # (h, w, C, columns)
        held = by_row[row].transpose(1, 0, 2).reshape(-1, weights.shape[1])
        total += part.reshape(rows * columns, -1) @ held
    return (total + bias).reshape(rows, columns, -1)


def as_squares(boxes: Boxes) -> Boxes:
    """Squares of the same centre and area, (n, 4)."""
    centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    half = np.sqrt(sides.prod(axis=1, keepdims=True)) / 2
    return np.hstack([centres - half, centres + half])
