"""Scores of a classifier to probabilities: multinomial logistic regression on a few columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PENALTY = 1e-4


def probabilities(scores: NDArray[np.float64], membership: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n, k) probabilities of classes that exclude each other, calibrated on the out-of-fold scores.

    k (k + 1) numbers are fitted to n rows, so that next to nothing is learnt by heart.

    Args:
        scores: (n, k) out of fold.
        membership: (n, k), one true a row.
    """
    spread = scores.std(axis=0)
    columns = np.where(spread > 0, (scores - scores.mean(axis=0)) / np.where(spread > 0, spread, 1), 0.0)
    design = np.concatenate([columns, np.ones((len(scores), 1))], axis=1)
    return _softmax(design @ _fit(design, membership))


def _fit(design: NDArray[np.float64], membership: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(p, k) weights of least penalised log loss; the last column of the design is the constant."""
    from scipy.optimize import minimize

    n, k = membership.shape
    free = np.ones((design.shape[1], 1))
    free[-1] = 0  # the constants are not penalised

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, k)
        given = _softmax(design @ weights)
        value = -np.log(np.maximum(given[membership], 1e-300)).mean() + PENALTY * (free * weights**2).sum()
        slope = design.T @ (given - membership) / n + 2 * PENALTY * free * weights
        return float(value), slope.ravel()

    start = np.zeros(design.shape[1] * k)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return np.asarray(found.x).reshape(-1, k)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
