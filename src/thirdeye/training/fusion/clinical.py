"""Clinical variables beside the images, or by themselves: what they add to the images' evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from thirdeye.training.fusion.folds import case_folds
from thirdeye.training.selection import Truth, log_loss, probabilities

PENALTIES = (
    1.0,
    10.0,
    100.0,
)  # on squared weights of columns in standard deviations; the larger, the stiffer
Table = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class FittedLinear:
    """A linear model and what it says of each case when it has not seen its patient.

    Args:
        share: factor on the evidence of the images.
        weight, bias: (K, D) and (K,) of the columns.
        logits: (n, K), cross-fitted.
        penalty: chosen among `PENALTIES`.
    """

    share: float
    weight: Table
    bias: Table
    logits: Table
    penalty: float


def fit_linear(evidence: Table, columns: Table, truth: Truth, *, seed: int) -> FittedLinear:
    """Softmax of the images' evidence, times one factor, plus a penalised linear part of the columns.

    With heavy penalties nothing is left but the images, so that variables that say nothing do no harm. The
    penalty is the one that held-out cases prefer.

    Args:
        evidence: (n, K) of cases that the images' reader did not learn from; zeros: the columns alone.
        columns: (n, D), finite.
        truth: of the same; classes exclude each other.
        seed: of the folds.
    """
    folds = case_folds(truth.labels, truth.clusters, seed=seed)

    def held_out(penalty: float) -> Table:
        found = np.empty(evidence.shape)
        for train, holdout in folds:
            share, weight, bias = _fit(evidence[train], columns[train], truth.at(train), penalty)
            found[holdout] = share * evidence[holdout] + columns[holdout] @ weight.T + bias
        return found

    tried = {penalty: held_out(penalty) for penalty in PENALTIES}
    best = min(tried, key=lambda penalty: log_loss(tried[penalty], truth))
    share, weight, bias = _fit(evidence, columns, truth, best)
    return FittedLinear(share, weight, bias, tried[best], best)


def _fit(evidence: Table, columns: Table, truth: Truth, penalty: float) -> tuple[float, Table, Table]:
    """Factor, weights (K, D) and offsets (K,) of least penalised log loss."""
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    usual = np.where(spread > 1e-9, spread, 1.0)
    scaled = np.where(spread > 1e-9, (columns - mean) / usual, 0.0)  # what never varied here says nothing
    k, d = evidence.shape[1], scaled.shape[1]
    member = np.arange(k) == truth.labels[:, None]

    def cost(theta: Table) -> tuple[float, Table]:
        weight, bias = theta[1 : 1 + k * d].reshape(k, d), theta[1 + k * d :]
        p = probabilities(theta[0] * evidence + scaled @ weight.T + bias, "multiclass")
        error = p - member
        loss = -np.log(np.maximum(p[member], 1e-300)).sum()
        loss += 0.5 * penalty * (weight**2).sum() + 0.5 * (bias**2).sum() + 0.5 * (theta[0] - 1) ** 2
        slopes = [np.array([(error * evidence).sum() + theta[0] - 1])]
        slopes += [(error.T @ scaled + penalty * weight).ravel(), error.sum(axis=0) + bias]
        return float(loss), np.concatenate(slopes)

    start = np.concatenate([[1.0], np.zeros(k * d + k)])
    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weight = found[1 : 1 + k * d].reshape(k, d) / usual * (spread > 1e-9)
    return float(found[0]), weight, found[1 + k * d :] - weight @ mean
