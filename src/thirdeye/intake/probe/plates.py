"""Pictures that prove a finding: means side by side, and where a difference lies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_GAP = 4
_SCALE = 3
STRONG = 0.8  # a standardised difference from which a pixel is shown in full colour (Cohen's "large")


def side_by_side(pictures: Sequence[NDArray[np.generic]], *, columns: int = 6) -> NDArray[np.uint8]:
    """Grey pictures of one size in rows of `columns`, three times enlarged, on white.

    Args:
        pictures: each (H, W), 0 to 255.
        columns: pictures in a row.
    """
    large = [np.kron(np.clip(picture, 0, 255), np.ones((_SCALE, _SCALE))) for picture in pictures]
    height, width = large[0].shape
    across = min(columns, len(large))
    down = -(-len(large) // across)
    sheet = np.full((down * (height + _GAP) - _GAP, across * (width + _GAP) - _GAP), 255.0)
    for number, picture in enumerate(large):
        top, left = (number // across) * (height + _GAP), (number % across) * (width + _GAP)
        sheet[top : top + height, left : left + width] = picture
    return np.rint(sheet).astype(np.uint8)


def standardised_difference(
    mean: NDArray[np.float64], variance: NDArray[np.float64], counts: NDArray[np.int64], column: int
) -> NDArray[np.float64]:
    """(H, W) mean of one class less that of all others, over the pooled standard deviation (Cohen's d).

    Args:
        mean, variance: (k, H, W).
        counts: (k,) pictures a class.
        column: the class.
    """
    others = [c for c in range(len(counts)) if c != column]
    weight = counts[others] / max(1, counts[others].sum())
    rest = np.tensordot(weight, mean[others], axes=1)
    spread = np.tensordot(weight, variance[others] + (mean[others] - rest) ** 2, axes=1)
    pooled = np.sqrt((variance[column] + spread) / 2)
    return np.asarray((mean[column] - rest) / np.maximum(pooled, 1.0))


def coloured(difference: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(3H, 3W, 3) red where the class is brighter, blue where it is darker; dimmed outside of the region."""
    strength = np.clip(np.abs(difference) / STRONG, 0, 1)[:, :, None]
    hue = np.where((difference > 0)[:, :, None], (200.0, 30.0, 30.0), (30.0, 70.0, 200.0))
    sheet = 255 * (1 - strength) + hue * strength
    sheet = np.where(inside[:, :, None], sheet, 0.25 * sheet + 0.75 * 225)
    return np.rint(np.kron(sheet, np.ones((_SCALE, _SCALE, 1)))).astype(np.uint8)
