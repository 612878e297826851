"""What is compared: the low frequencies of a picture, weighed by how much they tell apart in this set.

Chest films look alike because they share what all chest films share. The mean of the set is therefore taken
off and the rest whitened by the covariance of the set: what is common to all weighs little, what is a
picture's own weighs much. Two unrelated pictures then have a cosine near 0, with a spread near 1 / sqrt(D).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.twins.frame import Floats

_SHRINKAGE = 0.3  # of the mean variance; bounds how far noise in quiet directions is amplified
_PRIOR = 50  # pictures that the prior counts for in the covariance
_PRIOR_MEAN = 4  # and in the mean, which a few pictures tell


def cosines(order: int, size: int) -> Floats:
    """The first `order` rows (K, S) of the orthonormal DCT-II."""
    k, n = np.arange(order)[:, None], np.arange(size)[None, :]
    basis = np.sqrt(2 / size) * np.cos(np.pi * k * (2 * n + 1) / (2 * size))
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


@dataclass(frozen=True)
class Space:
    """A set's own measure of likeness.

    Args:
        order: K, frequencies kept along each axis.
        mean: (D,).
        whitening: (D, D).
    """

    order: int
    mean: Floats
    whitening: Floats

    def project(self, coefficients: Floats) -> Floats:
        """Unit vectors (B, D) of cosine coefficients (B, K, K); zeros for a picture without contrast."""
        return _unit((_flat(coefficients) - self.mean) @ self.whitening)


def fit_space(coefficients: Floats) -> Space:
    """The space of a set.

    A few pictures say little of a covariance, so it is mixed with that of natural pictures, whose power
    falls with the square of the frequency (Field 1987), which counts for 50 pictures. The mean is known
    sooner; it is mixed with that of natural pictures, which is 0 and counts for 4.

    Args:
        coefficients: (N, K, K) of the set, or of some thousand pictures of it.
    """
    order = coefficients.shape[1]
    values = _flat(coefficients).astype(np.float64)
    weight = len(values) / (len(values) + _PRIOR)
    mean = len(values) / (len(values) + _PRIOR_MEAN) * values.mean(axis=0)
    apart = values - mean
    covariance = weight * (apart.T @ apart) / len(values) + (1 - weight) * np.diag(_natural(order))
    variances, directions = np.linalg.eigh(covariance)
    whitening = directions / np.sqrt(variances + _SHRINKAGE * variances.mean())
    return Space(order, mean.astype(np.float32), whitening.astype(np.float32))


def _kept(order: int) -> NDArray[np.bool_]:
    """Frequencies (K, K) without the constant and without the far corner."""
    row, column = np.mgrid[:order, :order]
    return (row + column > 0) & (row + column < order + 2)


def _natural(order: int) -> NDArray[np.float64]:
    row, column = np.mgrid[:order, :order]
    power = 1 / (row**2 + column**2 + 1e-9)[_kept(order)]
    return power / power.sum()


def _flat(coefficients: Floats) -> Floats:
    return _unit(coefficients[:, _kept(coefficients.shape[1])])


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
