"""Edges: gradient statistics and a coarse histogram of oriented gradients (Dalal and Triggs 2005)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import Picture, moments, numbered, percentiles

ORIENTATIONS = 8
CELLS = 4
_EDGE_LEVELS = (0.02, 0.05, 0.1, 0.2)
_CLIP = 0.2


def gradient(picture: Picture) -> dict[str, float]:
    """Moments of the gradient's magnitude, share of edge pixels, direction entropy, oriented histogram."""
    rows, cols = central_differences(picture.grey)
    magnitude = np.hypot(rows, cols)
    names = ("gradient_mean", "gradient_std", "gradient_skewness", "gradient_kurtosis")
    features = dict(zip(names, moments(magnitude), strict=True))
    for percent, value in zip((50, 75, 90, 99), percentiles(magnitude, (50, 75, 90, 99)), strict=True):
        features[f"gradient_p{percent}"] = value
    for level in _EDGE_LEVELS:
        features[f"gradient_share_above_{level:g}"] = float((magnitude > level).mean())
    cells = oriented_cells(rows, cols, magnitude)
    directions = cells.sum(axis=(0, 1))
    shares = directions / max(directions.sum(), 1e-6)
    features["gradient_direction_entropy"] = float(-(shares * np.log2(np.maximum(shares, 1e-12))).sum())
    return features | numbered("hog", clipped_unit(cells))


def central_differences(grey: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Differences along rows and columns, (S, S) each, 0 on the border."""
    rows, cols = np.zeros_like(grey), np.zeros_like(grey)
    rows[1:-1] = grey[2:] - grey[:-2]
    cols[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    return rows, cols


def oriented_cells(
    rows: NDArray[np.float32], cols: NDArray[np.float32], magnitude: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Mean magnitude per cell and unsigned direction, (CELLS, CELLS, ORIENTATIONS)."""
    side = magnitude.shape[0] // CELLS
    cut = slice(0, side * CELLS)
    angle = np.arctan2(rows[cut, cut], cols[cut, cut]) % np.float32(np.pi)
    bins = np.minimum((angle * np.float32(ORIENTATIONS / np.pi)).astype(np.intp), ORIENTATIONS - 1)
    place = np.arange(side * CELLS) // side
    index = (place[:, None] * CELLS + place[None, :]) * ORIENTATIONS + bins
    sums = np.bincount(index.ravel(), weights=magnitude[cut, cut].ravel(), minlength=CELLS**2 * ORIENTATIONS)
    return sums.reshape(CELLS, CELLS, ORIENTATIONS) / side**2


def clipped_unit(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """All cells as one block, "L2-Hys": unit length, clipped at 0.2, unit length again."""
    unit = cells / np.sqrt((cells**2).sum() + 1e-10)
    unit = np.minimum(unit, _CLIP)
    return unit / np.sqrt((unit**2).sum() + 1e-10)
