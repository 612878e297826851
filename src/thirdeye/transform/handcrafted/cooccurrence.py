"""Grey-level co-occurrence texture (Haralick, Shanmugam and Dinstein 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import Picture

LEVELS = 16
DISTANCES = (1, 2, 4, 8)
DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1))
PROPERTIES = (
    "contrast",
    "dissimilarity",
    "homogeneity",
    "second_moment",
    "correlation",
    "entropy",
    "cluster_shade",
    "cluster_prominence",
)


def cooccurrence(picture: Picture) -> dict[str, float]:
    """Mean over four directions, and range between them, of eight properties at four distances (pixels)."""
    levels = (picture.stretched * (LEVELS - 1e-3)).astype(np.intp)
    matrices = [matrix(levels, (row * step, col * step)) for step in DISTANCES for row, col in DIRECTIONS]
    values = properties(np.stack(matrices)).reshape(len(DISTANCES), len(DIRECTIONS), len(PROPERTIES))
    mean, spread = values.mean(axis=1), values.max(axis=1) - values.min(axis=1)
    features: dict[str, float] = {}
    for d, distance in enumerate(DISTANCES):
        for i, name in enumerate(PROPERTIES):
            features[f"glcm_{name}_{distance}px"] = float(mean[d, i])
            features[f"glcm_{name}_{distance}px_range"] = float(spread[d, i])
    return features


def matrix(levels: NDArray[np.intp], offset: tuple[int, int]) -> NDArray[np.float64]:
    """Symmetric co-occurrence probabilities of the pixel pairs `offset` (row, column) apart.

    Args:
        levels: (S, S) integers in 0..LEVELS-1.
    """
    row, col = offset
    height, width = levels.shape
    first = levels[: height - row, max(0, -col) : width - max(0, col)]
    second = levels[row:, max(0, col) : width - max(0, -col)]
    counts = np.bincount((first * LEVELS + second).ravel(), minlength=LEVELS**2).reshape(LEVELS, LEVELS)
    return (counts + counts.T) / (2 * first.size)


def properties(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values of `PROPERTIES`, (D, 8), of D symmetric probability matrices (D, LEVELS, LEVELS).

    Correlation is 1 where the image is constant, as in scikit-image.
    """
    i, j = np.indices((LEVELS, LEVELS))
    mean = (matrices * i).sum(axis=(1, 2))
    deviation = i - mean[:, None, None]
    variance = (matrices * deviation**2).sum(axis=(1, 2))
    covariance = (matrices * deviation * (j - mean[:, None, None])).sum(axis=(1, 2))
    cluster = i + j - 2 * mean[:, None, None]
    logs = np.log2(np.where(matrices > 0, matrices, 1))
    varies = variance > 1e-12
    return np.stack(
        [
            (matrices * (i - j) ** 2).sum(axis=(1, 2)),
            (matrices * np.abs(i - j)).sum(axis=(1, 2)),
            (matrices / (1 + (i - j) ** 2)).sum(axis=(1, 2)),
            (matrices**2).sum(axis=(1, 2)),
            np.where(varies, covariance / np.where(varies, variance, 1), 1.0),
            -(matrices * logs).sum(axis=(1, 2)),
            (matrices * cluster**3).sum(axis=(1, 2)),
            (matrices * cluster**4).sum(axis=(1, 2)),
        ],
        axis=1,
    )
