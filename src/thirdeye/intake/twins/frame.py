"""Cutting, stretching and shifting pictures along their axes, as products with small matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Frames:
    """Where the second picture of each pair lies over the first.

    A place u along an axis of the first picture (-1 one edge, 1 the other) is the place scale * u + shift of
    the second. A scale under 1: the first shows a part of the second.

    Args:
        rows, columns: (P, 2) scale and shift along each axis.
    """

    rows: Floats
    columns: Floats

    def __getitem__(self, chosen: NDArray[np.generic] | slice) -> Frames:
        return Frames(self.rows[chosen], self.columns[chosen])

    def shares(self) -> tuple[Floats, Floats]:
        """Area that both show, as a share (P,) of the first and of the second picture."""
        halves = [(np.subtract(*common(axis)[::-1]) / 2, axis[:, 0]) for axis in (self.rows, self.columns)]
        first = halves[0][0] * halves[1][0]
        return first, first * halves[0][1] * halves[1][1]


def common(axis: Floats) -> tuple[Floats, Floats]:
    """Ends (P,), in the first picture, of what both show along an axis (P, 2)."""
    scale, shift = axis[:, 0], axis[:, 1]
    return np.maximum(-1, (-1 - shift) / scale), np.minimum(1, (1 - shift) / scale)


def places(size: int) -> Floats:
    """Centres (S,) of the pixels of an axis that runs from -1 to 1."""
    return ((np.arange(size) + 0.5) * 2 / size - 1).astype(np.float32)


def sampling(at: Floats, size: int) -> Floats:
    """Matrices (P, S', S) that read an axis of S pixels at the places `at` (P, S'), linear between pixels."""
    pixel = np.clip((at + 1) * (size / 2) - 0.5, 0, size - 1)[:, :, None]
    near = np.abs(pixel - np.arange(size, dtype=np.float32))
    return np.maximum(0, 1 - near)


def cut(low: Floats, high: Floats, size: int) -> Floats:
    """Matrices (P, S, S) that stretch the part from `low` to `high` (P,) of an axis over the whole axis."""
    middle, half = (low + high) / 2, (high - low) / 2
    return sampling(middle[:, None] + half[:, None] * places(size), size)


def apply(rows: Floats, pictures: Floats, columns: Floats) -> Floats:
    """rows @ pictures @ columns^T for each of a batch."""
    return rows @ pictures @ np.swapaxes(columns, -1, -2)
