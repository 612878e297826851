"""Local binary patterns, uniform and rotation invariant (Ojala, Pietikainen and Maenpaa 2002)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import Picture, numbered

_NEIGHBOURS = 8
_CODES = _NEIGHBOURS + 2  # 0..8 ones in a uniform pattern, 9 for all others
_DIAGONAL = 0.5**0.5
_TOLERANCE = 2e-3  # below half a grey level: interpolated neighbours of a flat patch count as equal


def binary_pattern(picture: Picture) -> dict[str, float]:
    """Histograms of the codes at full, half and quarter size, and of the four quadrants at half size."""
    features: dict[str, float] = {}
    grey = picture.grey
    for scale in (1, 2, 4):
        codes = pattern_codes(grey)
        features |= numbered(f"lbp_scale{scale}", _histogram(codes))
        if scale == 2:
            middle = codes.shape[0] // 2
            for name, rows in (("top", slice(middle)), ("bottom", slice(middle, None))):
                for side, cols in (("left", slice(middle)), ("right", slice(middle, None))):
                    features |= numbered(f"lbp_{name}_{side}", _histogram(codes[rows, cols]))
        grey = _halved(grey)
    return features


def pattern_codes(grey: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Codes 0..9, (H - 2, W - 2), of the inner pixels for eight neighbours on a circle of radius 1.

    Diagonal neighbours are interpolated bilinearly. A neighbour counts as one when it is at least as
    bright as the centre (less half a grey level of rounding).
    """
    centre = grey[1:-1, 1:-1] - np.float32(_TOLERANCE)
    ones = np.stack([neighbour >= centre for neighbour in _circle(grey)]).view(np.uint8)
    changes = (ones ^ np.roll(ones, 1, axis=0)).sum(axis=0, dtype=np.uint8)
    return np.where(changes <= 2, ones.sum(axis=0, dtype=np.uint8), np.uint8(_CODES - 1))


def _circle(grey: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """The eight neighbours of the inner pixels, in order around the circle."""
    height, width = grey.shape

    def moved(row: int, col: int) -> NDArray[np.float32]:
        return grey[1 + row : height - 1 + row, 1 + col : width - 1 + col]

    def diagonal(row: int, col: int) -> NDArray[np.float32]:
        far, near = _DIAGONAL, 1 - _DIAGONAL
        sides = np.float32(far * near) * (moved(row, 0) + moved(0, col))
        return np.float32(far * far) * moved(row, col) + sides + np.float32(near * near) * moved(0, 0)

    return [
        moved(0, 1),
        diagonal(-1, 1),
        moved(-1, 0),
        diagonal(-1, -1),
        moved(0, -1),
        diagonal(1, -1),
        moved(1, 0),
        diagonal(1, 1),
    ]


def _histogram(codes: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.bincount(codes.ravel(), minlength=_CODES) / codes.size


def _halved(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    side = grey.shape[0] // 2 * 2
    cut = grey[:side, :side]
    return (cut[::2, ::2] + cut[1::2, ::2] + cut[::2, 1::2] + cut[1::2, 1::2]) / np.float32(4)
