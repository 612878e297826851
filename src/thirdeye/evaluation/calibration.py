"""Calibration of probabilities: intercept, slope, expected over observed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_binary, check_clusters, check_probabilities
from thirdeye.evaluation.logistic import CLIP, LogisticFit, fit_logistic, logit
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import proportion


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
