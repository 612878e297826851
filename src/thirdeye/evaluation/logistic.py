"""Logistic regression by maximum likelihood, for recalibration models of one or two coefficients."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.inputs import Clusters, check_numbers

CLIP = 1e-6
MAX_STEPS = 100


class LogisticFit(NamedTuple):
    """Coefficients of a logistic regression and their covariance, (k,) and (k, k)."""

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]


def logit(probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Log odds after clipping to `CLIP` and 1 - `CLIP`, and how many were clipped."""
    probabilities = check_numbers("probabilities", probabilities)
    if np.isnan(probabilities).any():
        raise DataRefused("probabilities: NaN has no log odds")
    clipped = np.clip(probabilities, CLIP, 1 - CLIP)
    return np.log(clipped / (1 - clipped)), int((clipped != probabilities).sum())


def fit_logistic(
    design: NDArray[np.float64], labels: NDArray[np.bool_], *, offset: Any = 0.0, clusters: Clusters
) -> LogisticFit | None:
    """Maximum likelihood by Newton's method; the covariance is a sandwich over clusters where rows repeat.

    Args:
        design: (n, k) columns.
        labels: (n,) outcomes.
        offset: (n,) term with a coefficient of one.
        clusters: cluster of each row.

    Returns:
        None when there is no finite solution.
    """
    beta = np.zeros(design.shape[1])
    for _ in range(MAX_STEPS):
        fitted = _sigmoid(design @ beta + offset)
        weight = fitted * (1 - fitted)
        information = design.T @ (design * weight[:, None])
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (labels - fitted))
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            return LogisticFit(beta, _covariance(design, labels - fitted, information, clusters))
    return None


def _sigmoid(values: Any) -> NDArray[np.float64]:
    odds = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1.0, odds) / (1 + odds))


def _covariance(
    design: NDArray[np.float64], residuals: NDArray[np.float64], information: NDArray[np.float64],
    clusters: Clusters,
) -> NDArray[np.float64]:  # fmt: skip
    bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
    if not clusters.repeated or clusters.count < 2:
        return bread
    scores = np.stack(
        [np.bincount(clusters.codes, column * residuals, minlength=clusters.count) for column in design.T]
    )
    return bread @ (clusters.count / (clusters.count - 1) * scores @ scores.T) @ bread
