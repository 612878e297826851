"""A Gaussian of many numbers from few images: leading components, and one variance for the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COMPONENTS = 32
MARGIN = 1.1  # on the largest distance where there are too few images for the quantile
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Gaussian:
    """Probabilistic principal components (Tipping & Bishop 1999).

    Args:
        mean: (C,).
        components: (k, C), orthonormal rows.
        deviation: (k,) standard deviation along each.
        rest: standard deviation per remaining direction.
    """

    mean: Array
    components: Array
    deviation: Array
    rest: float

    def distance(self, values: Array) -> Array:
        """Mahalanobis distance per direction (n,) of values (n, C): about 1 for its own kind."""
        centred = values - self.mean
        along = centred @ self.components.T
        beyond = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0.0)
        inside = ((along / self.deviation) ** 2).sum(axis=1)
        return np.asarray(np.sqrt((inside + beyond / self.rest**2) / values.shape[1]))


def fit_gaussian(values: NDArray[np.float64], n_components: int | None = None) -> Gaussian:
    """Around values (n, C); at least two rows.

    Args:
        values: one row an image.
        n_components: k; None: 32, or fewer where there are few images.
    """
    k = n_components or int(min(COMPONENTS, len(values) // 4 + 1, values.shape[1] - 1))
    mean = values.mean(axis=0)
    _, singular, rows = np.linalg.svd(values - mean, full_matrices=False)
    variance = singular**2 / (len(values) - 1)
    rest = variance[k:].sum() / max(values.shape[1] - k, 1)  # Tipping & Bishop, eq. 3.8
    floor = max(rest, 1e-6 * variance[0], 1e-12)
    deviation = np.sqrt(np.maximum(variance[:k], floor))
    centre, axes, along = (np.asarray(part, np.float32) for part in (mean, rows[:k], deviation))
    return Gaussian(centre, axes, along, float(np.sqrt(floor)))


def edge_of(distance: NDArray[np.floating], quantile: float) -> float:
    """Finite-sample quantile, as in split conformal prediction; beyond the largest where n is too small."""
    rank = int(np.ceil((len(distance) + 1) * quantile))
    if rank > len(distance):
        return float(distance.max()) * MARGIN
    return float(np.sort(distance)[rank - 1])
