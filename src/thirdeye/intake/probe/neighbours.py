"""How far each picture lies from its nearest neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1024


def neighbour_distance(features: NDArray[np.float32], *, neighbours: int) -> NDArray[np.float64]:
    """(n,) mean Euclidean distance to the nearest others.

    Args:
        features: (n, p).
        neighbours: how many; at most n - 1 count.
    """
    n = len(features)
    count = min(neighbours, n - 1)
    squares = (features**2).sum(axis=1)
    mean = np.empty(n)
    for start in range(0, n, _CHUNK):
        part = features[start : start + _CHUNK]
        away = squares[start : start + _CHUNK, None] + squares[None] - 2 * part @ features.T
        away[np.arange(len(part)), start + np.arange(len(part))] = np.inf
        nearest = np.partition(away, count - 1, axis=1)[:, :count]
        mean[start : start + _CHUNK] = np.sqrt(np.maximum(nearest, 0)).mean(axis=1)
    return mean
