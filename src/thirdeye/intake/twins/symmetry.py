"""The eight ways to lay a square picture down: turned by quarters, mirrored, both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COUNT = 8
# Symmetry g transposes where g & 4, then reverses the rows where g & 2, then the columns where g & 1.
WORDS = (
    "",
    "mirrored left to right",
    "mirrored top to bottom",
    "rotated by 180 degrees",
    "mirrored and rotated by 90 degrees",
    "rotated by 270 degrees",
    "rotated by 90 degrees",
    "mirrored and rotated by 270 degrees",
)  # rotations are anticlockwise; each says how the second picture comes from the first


def turned(pictures: NDArray[np.float32], symmetry: NDArray[np.integer]) -> NDArray[np.float32]:
    """Each picture in its own symmetry.

    Args:
        pictures: (B, S, S).
        symmetry: (B,), 0 to 7.
    """
    result = np.empty_like(pictures)
    for g in range(COUNT):
        chosen = symmetry == g
        if chosen.any():
            result[chosen] = _laid(pictures[chosen], g)
    return result


def _laid(pictures: NDArray[np.float32], g: int) -> NDArray[np.float32]:
    laid = pictures.transpose(0, 2, 1) if g & 4 else pictures
    return laid[:, :: -1 if g & 2 else 1, :: -1 if g & 1 else 1]


def turned_coefficients(coefficients: NDArray[np.float32], g: int) -> NDArray[np.float32]:
    """Cosine coefficients (B, K, K) of the pictures in symmetry `g`, without going back to pixels.

    Reversing an axis changes the sign of every odd frequency along it (DCT-II).
    """
    sign = (-1.0) ** np.arange(coefficients.shape[1], dtype=np.float32)
    laid = coefficients.transpose(0, 2, 1) if g & 4 else coefficients
    laid = laid * sign[:, None] if g & 2 else laid
    return laid * sign if g & 1 else laid
