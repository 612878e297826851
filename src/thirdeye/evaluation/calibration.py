"""Calibration of probabilities: intercept, slope, expected over observed, Brier, calibration error, curve."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_binary, check_clusters, check_probabilities
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, Status, undefined
from thirdeye.evaluation.proportion import proportion

CLIP = 1e-6
MAX_STEPS = 100


class LogisticFit(NamedTuple):
    """Coefficients of a logistic regression and their covariance, (k,) and (k, k)."""

    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]


def logit(probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Log odds after clipping to `CLIP` and 1 - `CLIP`, and how many were clipped."""
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


def calibration_metrics(
    labels: Any, probabilities: Any, *, clusters: Any = None, level: float = 0.95
) -> list[Metric]:
    """Calibration-in-the-large (intercept), slope and expected over observed.

    The slope is that of a logistic regression of the outcome on the log odds of the probability (Cox 1958);
    the intercept is that of the model whose slope is held at 1, so that 0 means right on average.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1; those at 0 and 1 are moved by `CLIP`, and counted in `details`.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    groups = check_clusters(clusters, truth.size)
    fields = _fields(truth, groups, level)
    return [
        _intercept(truth, values, groups, fields),
        _slope(truth, values, groups, fields),
        _expected_over_observed(truth, values, groups, fields),
    ]


def _fields(truth: NDArray[np.bool_], groups: Clusters, level: float) -> dict[str, Any]:
    m = int(truth.sum())
    return {
        "n": truth.size, "n_pos": m, "n_neg": truth.size - m, "n_units": truth.size,
        "n_clusters": groups.count, "level": level,
    }  # fmt: skip


def _intercept(
    truth: NDArray[np.bool_], values: NDArray[np.float64], groups: Clusters, fields: dict[str, Any]
) -> Metric:
    convention = f"calibration in the large: slope held at 1; 0 is ideal; probabilities clipped at {CLIP:g}"
    fields = fields | {"name": "calibration_intercept", "convention": convention}
    if truth.all() or not truth.any():
        return undefined(reason="one class only: no finite intercept", **fields)
    odds, clipped = logit(values)
    fit = fit_logistic(np.ones((truth.size, 1)), truth, offset=odds, clusters=groups)
    if fit is None:
        return undefined(reason="no finite intercept", **fields)
    return _wald(fit, 0, groups, fields, {"n_clipped": clipped})


def _slope(
    truth: NDArray[np.bool_], values: NDArray[np.float64], groups: Clusters, fields: dict[str, Any]
) -> Metric:
    convention = f"logistic regression on the log odds; 1 is ideal; probabilities clipped at {CLIP:g}"
    fields = fields | {"name": "calibration_slope", "convention": convention}
    odds, clipped = logit(values)
    if truth.all() or not truth.any():
        return undefined(reason="one class only: no slope", **fields)
    if odds.max() - odds.min() < 1e-9:
        return undefined(reason="all probabilities are equal: no slope", **fields)
    if odds[truth].min() >= odds[~truth].max() or odds[truth].max() <= odds[~truth].min():
        return undefined(
            reason="the probabilities separate the classes completely: no finite slope", **fields
        )
    fit = fit_logistic(np.column_stack([np.ones(truth.size), odds]), truth, clusters=groups)
    if fit is None:
        return undefined(reason="no finite slope", **fields)
    details = {"n_clipped": clipped, "intercept_with_slope": float(fit.coefficients[0])}
    return _wald(fit, 1, groups, fields, details)


def _wald(
    fit: LogisticFit, which: int, groups: Clusters, fields: dict[str, Any], details: dict[str, Any]
) -> Metric:
    value = float(fit.coefficients[which])
    few = min(fields["n_pos"], fields["n_neg"])
    if few < MIN_EVENTS:
        reason = f"rests on {few} cases of the smaller class, fewer than {MIN_EVENTS}"
        fields = fields | {"status": "unstable", "reason": reason}
    if groups.count < 2:
        return Metric(value=value, details=details, **fields)
    half = two_sided_z(fields["level"]) * float(fit.covariance[which, which]) ** 0.5
    method = "cluster_sandwich" if groups.repeated else "wald"
    return Metric(
        value=value, ci_low=value - half, ci_high=value + half, ci_method=method, details=details, **fields
    )


def _expected_over_observed(
    truth: NDArray[np.bool_], values: NDArray[np.float64], groups: Clusters, fields: dict[str, Any]
) -> Metric:
    fields = fields | {"name": "expected_over_observed"}
    convention = (
        "sum of probabilities over number of events; 1 is ideal; interval from that of the event rate"
    )
    if not truth.any():
        return undefined(reason="no event was observed", convention=convention, **fields)
    rate = proportion(truth, name="rate", clusters=groups, level=fields["level"])
    expected = float(values.mean())
    low, high = (None if not limit else expected / limit for limit in (rate.ci_high, rate.ci_low))
    return rate.with_(
        value=expected / float(truth.mean()), ci_low=low, ci_high=high, convention=convention, **fields
    )


def mean_metric(
    losses: NDArray[np.float64], *, name: str, clusters: Any = None, level: float = 0.95, **fields: Any
) -> Metric:
    """The mean of a loss with a normal interval over clusters.

    Args:
        losses: (n,) finite, at least one.
        name: name of the metric.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
        fields: further fields of the metric.
    """
    groups = check_clusters(clusters, losses.size)
    mean = clustered_mean(losses, groups)
    fields |= {"n": losses.size, "n_clusters": groups.count, "level": level}
    if not mean.standard_error:
        reason = "the losses do not vary: no interval" if groups.count > 1 else "one cluster: no interval"
        status: Status = "degenerate" if groups.count > 1 else "unstable"
        return Metric(name=name, value=mean.value, status=status, reason=reason, **fields)
    half = two_sided_z(level) * mean.standard_error
    method = "clustered_ratio_estimator" if groups.repeated else "normal"
    if groups.count < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {groups.count} clusters"}
    return Metric(
        name=name, value=mean.value, ci_low=max(mean.value - half, 0.0), ci_high=mean.value + half,
        ci_method=method, **fields,
    )  # fmt: skip
