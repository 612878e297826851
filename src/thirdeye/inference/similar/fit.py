"""What a measure of likeness is made of: principal components, plain, whitened, or taught by classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

METRICS = ("cosine", "whitened", "taught")
COMPONENTS = 64
ROWS_PER_COMPONENT = 4
SHRINKAGE = 0.1  # of the within-class covariance towards a multiple of the identity
Array = NDArray[np.float64]


def fit_basis(
    features: NDArray[np.floating], labels: NDArray[np.int64], metric: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (C,) and basis (C, COMPONENTS) of one member; columns that the rows cannot tell are zero.

    Args:
        features: (n, C) of the member, at least two rows, none of which it has learnt from.
        labels: (n,) class of each row; read by "taught" alone. -1: none.
        metric: "cosine": principal components as they are; "whitened": each of unit variance, the least no
            smaller than the mean of the rest (Tipping and Bishop 1999); "taught": within-class scatter made
            round (relevant component analysis, Bar-Hillel et al., JMLR 6, 2005).
    """
    table = np.asarray(features, np.float64)
    mean = table.mean(axis=0)
    _, singular, rows = np.linalg.svd(table - mean, full_matrices=False)
    count = int(min(COMPONENTS, max(2, len(table) // ROWS_PER_COMPONENT), len(table) - 1, table.shape[1]))
    basis = rows[:count].T
    if metric != "cosine":
        variance = singular**2 / (len(table) - 1)
        floor = max(
            float(variance[count:].mean()) if variance.size > count else 0.0, 1e-6 * variance[0], 1e-12
        )
        basis = basis / np.sqrt(np.maximum(variance[:count], floor))
    if metric == "taught":
        basis = basis @ _round_within((table - mean) @ basis, labels)
    padded = np.zeros((table.shape[1], COMPONENTS), np.float32)
    padded[:, :count] = basis
    return mean.astype(np.float32), padded


def _round_within(values: Array, labels: NDArray[np.int64]) -> Array:
    """Inverse root (d, d) of the shrunk covariance within classes."""
    known = np.unique(labels[labels >= 0])
    rest = [values[labels == one] - values[labels == one].mean(axis=0) for one in known]
    if not rest:
        return np.eye(values.shape[1])
    within = np.concatenate(rest)
    covariance = within.T @ within / max(1, len(within) - len(known))
    level = float(np.trace(covariance)) / len(covariance)
    size, sides = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * level * np.eye(len(covariance)))
    found: Array = sides @ np.diag(1 / np.sqrt(np.maximum(size, 1e-12))) @ sides.T
    return found
