"""Ridge regression on class membership, out of fold, in closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PENALTIES = 10.0 ** np.arange(-3.0, 5.0)  # times the mean variance of the columns


def standardise(columns: NDArray[np.generic]) -> NDArray[np.float32]:
    """Mean 0 and standard deviation 1 for each column; constant columns are dropped."""
    values = np.asarray(columns, dtype=np.float32)
    spread = values.std(axis=0)
    used = spread > 1e-6 * np.maximum(1e-6, np.abs(values).max(axis=0, initial=0))
    return np.asarray((values[:, used] - values[:, used].mean(axis=0)) / spread[used], dtype=np.float32)


def reduced(features: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """(n, at most `most`) principal components of standardised columns, by one scale; uses no label."""
    if features.shape[1] <= most:
        return features
    values, vectors = np.linalg.eigh((features.T @ features).astype(np.float64) / len(features))
    components = features @ vectors[:, -most:].astype(np.float32)
    return np.asarray(components / np.sqrt(np.maximum(values[-most:].mean(), 1e-12)), dtype=np.float32)


def out_of_fold(
    features: NDArray[np.float32], membership: NDArray[np.bool_], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(n, k) scores of each row from a model that saw no row of its fold.

    The penalty of each fold's model is chosen on its training rows alone, by generalised cross-validation
    (Golub, Heath & Wahba 1979).

    Args:
        features: (n, p), standardised over all rows (which uses no label).
        membership: (n, k).
        folds: (n,).
    """
    truth = membership.astype(np.float64)
    scores = np.tile(truth.mean(axis=0), (len(truth), 1))
    if features.shape[1] == 0:
        return scores
    whole = _moments(features, truth)
    for fold in np.unique(folds):
        inside = folds == fold
        part = _moments(features[inside], truth[inside])
        scores[inside] = _fit_and_apply([a - b for a, b in zip(whole, part, strict=True)], features[inside])
    return scores


def _moments(features: NDArray[np.float32], truth: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Rows, sums and products, of which every fold's model can be made by subtraction."""
    return [
        np.array(float(len(truth))),
        features.sum(axis=0, dtype=np.float64),
        truth.sum(axis=0),
        (features.T @ features).astype(np.float64),
        features.T.astype(np.float64) @ truth,
        (truth**2).sum(axis=0),
    ]


def _fit_and_apply(moments: list[NDArray[np.float64]], features: NDArray[np.float32]) -> NDArray[np.float64]:
    n, sum_x, sum_y, xx, xy, yy = moments
    gram = xx - np.outer(sum_x, sum_x) / n
    cross = xy - np.outer(sum_x, sum_y) / n
    total = yy - sum_y**2 / n
    values, vectors = np.linalg.eigh(gram)
    values = np.maximum(values, 0.0)
    turned = vectors.T @ cross
    penalty = _best_penalty(values, turned, total, float(n))
    weights = vectors @ (turned / (values + penalty)[:, None])
    return np.asarray(sum_y / n + (features - sum_x / n) @ weights)


def _best_penalty(
    values: NDArray[np.float64], turned: NDArray[np.float64], total: NDArray[np.float64], n: float
) -> float:
    """The penalty with the least generalised cross-validation error, all classes together."""
    errors = []
    penalties = PENALTIES * n
    for penalty in penalties:
        weights = turned / (values + penalty)[:, None]
        residual = float((total - (2 * weights * turned - values[:, None] * weights**2).sum(axis=0)).sum())
        freedom = 1 + float((values / (values + penalty)).sum())
        errors.append(residual / max(1e-9, 1 - freedom / n) ** 2 if freedom < n else np.inf)
    return float(penalties[int(np.argmin(errors))])
