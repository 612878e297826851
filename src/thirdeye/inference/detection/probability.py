"""How probable each kind of thing is in each place, of a detector that slides a network of patches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True)
class SlidingProbabilities:
    """Maps of the classes of one image; they are brought to its size one at a time.

    Args:
        sides: height and width of the image as stored.
        names: of the classes.
        cells: (classes, rows, columns) probabilities; that of cell (i, j) is about the place (i, j) times
            `step`.
        step: (down, across) pixels of the image between neighbouring cells.
    """

    sides: tuple[int, int]
    names: tuple[str, ...]
    cells: Array
    step: tuple[float, float]

    def __iter__(self) -> Iterator[tuple[str, Array]]:
        """Each class with its map (H, W), 0 to 1."""
        return ((name, self.of(number)) for number, name in enumerate(self.names, 1))

    def of(self, number: int) -> Array:
        """The map of one class (from 1) on the image's own pixels, linear between the cells."""
        down = _linear(self.cells[number - 1], self.sides[0], self.step[0])
        return np.ascontiguousarray(_linear(down.T, self.sides[1], self.step[1]).T)


def _linear(values: Array, length: int, step: float) -> Array:
    """(length, ...) from values (cells, ...) at multiples of `step`; a pixel is asked for at its middle."""
    places = np.minimum((np.arange(length) + 0.5) / step, len(values) - 1)
    below = np.minimum(places.astype(np.int64), max(len(values) - 2, 0))
    above = np.minimum(below + 1, len(values) - 1)
    part = (places - below).astype(np.float32)[:, None]
    return np.asarray(values[below] * (1 - part) + values[above] * part, np.float32)
