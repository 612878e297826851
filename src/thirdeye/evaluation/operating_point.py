"""Operating points: thresholds chosen on validation data, each with its origin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_scores
from thirdeye.evaluation.metric import ThresholdOrigin
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.roc import RocCurve, roc_curve

TIE = 1e-12


@dataclass(frozen=True)
class OperatingPoint:
    """An attained point of the ROC.

    Args:
        threshold: halfway to the next lower score, so that rounding cannot turn a case around; a case is
            positive at or above it.
        sensitivity, specificity: as attained, without interpolation.
    """

    threshold: float
    sensitivity: float
    specificity: float


def youden_points(labels: Any, scores: Any) -> list[OperatingPoint]:
    """Every point with the largest sensitivity + specificity (Youden 1950), the most sensitive first."""
    curve = _curve(labels, scores)
    return _best(curve, curve.sensitivity + curve.specificity, np.full(curve.thresholds.shape, True))


def closest_topleft_points(labels: Any, scores: Any) -> list[OperatingPoint]:
    """Every point nearest to sensitivity 1 and specificity 1, the most sensitive first."""
    curve = _curve(labels, scores)
    distance = (1 - curve.sensitivity) ** 2 + (1 - curve.specificity) ** 2
    return _best(curve, -distance, np.full(curve.thresholds.shape, True))


def specificity_at_sensitivity(labels: Any, scores: Any, at_least: float) -> list[OperatingPoint]:
    """The highest specificity among attained points with sensitivity >= `at_least` (0 to 1)."""
    curve = _curve(labels, scores)
    return _best(curve, curve.specificity, curve.sensitivity >= at_least - TIE)


def sensitivity_at_specificity(labels: Any, scores: Any, at_least: float) -> list[OperatingPoint]:
    """The highest sensitivity among attained points with specificity >= `at_least` (0 to 1)."""
    curve = _curve(labels, scores)
    return _best(curve, curve.sensitivity, curve.specificity >= at_least - TIE)


def choose_operating_points(
    labels: Any,
    probabilities: Any,
    *,
    at_least_sensitivity: float = 0.95,
    at_least_specificity: float = 0.95,
    clusters: Any = None,
    origin: ThresholdOrigin = "tuned_on_validation",
    level: float = 0.95,
) -> list[dict[str, Any]]:
    """The operating points of a study, from validation data: "youden", "sensitivity_95", "specificity_95".

    Args:
        labels: (n,) of 0 and 1, both present.
        probabilities: (n,) calibrated probability of the positive class.
        at_least_sensitivity: floor of the second point, 0 to 1.
        at_least_specificity: floor of the third, which is left out where no threshold attains it.
        clusters: (n,) patient of each row, or None.
        origin: where these data come from.
        level: confidence level of the attained sensitivity and specificity.

    Returns:
        JSON-ready points: name, threshold, origin, rule, sensitivity and specificity (metrics) on the data
        they were tuned on, and `alternatives`: the thresholds of other, equally good points.

    Raises:
        DataRefused: one class only.
    """
    floor, other = f"{100 * at_least_sensitivity:g}", f"{100 * at_least_specificity:g}"
    sets = {
        "youden": ("highest sensitivity + specificity", youden_points(labels, probabilities)),
        f"sensitivity_{floor}": (
            f"highest specificity with sensitivity of at least {floor} %",
            specificity_at_sensitivity(labels, probabilities, at_least_sensitivity),
        ),
        f"specificity_{other}": (
            f"highest sensitivity with specificity of at least {other} %",
            sensitivity_at_specificity(labels, probabilities, at_least_specificity),
        ),
    }
    return [
        {"name": name, "threshold": points[0].threshold, "origin": origin, "rule": rule}
        | {"alternatives": [point.threshold for point in points[1:]]}
        | _attained(labels, probabilities, points[0].threshold, name, origin, clusters, level)
        for name, (rule, points) in sets.items()
        if points
    ]


def further_points(
    labels: Any,
    probabilities: Any,
    wanted: Sequence[str],
    *,
    clusters: Any = None,
    origin: ThresholdOrigin = "tuned_on_validation",
    level: float = 0.95,
) -> list[dict[str, Any]]:
    """Further operating points, in the form of `choose_operating_points`.

    Args:
        labels: (n,) of 0 and 1, both present.
        probabilities: (n,) calibrated probability of the positive class.
        wanted: "sensitivity:0.97" (highest specificity with at least that sensitivity), "specificity:0.98" or
            "f1" (the largest F1). A point that no threshold attains is left out.
        clusters, origin, level: as of `choose_operating_points`.

    Raises:
        DataRefused: one class only.
        UsageError: there is no such point.
    """
    found = [(*_named(name), _points_of(name, labels, probabilities)) for name in wanted]
    return [
        {"name": name, "threshold": points[0].threshold, "origin": origin, "rule": rule}
        | {"alternatives": [point.threshold for point in points[1:]]}
        | _attained(labels, probabilities, points[0].threshold, name, origin, clusters, level)
        for name, rule, points in found
        if points
    ]


def f1_points(labels: Any, scores: Any) -> list[OperatingPoint]:
    """Every point with the largest F1, harmonic mean of precision and recall, the most sensitive first."""
    curve, truth = _curve(labels, scores), check_binary(labels)
    n_pos, n_neg = truth.sum(), (~truth).sum()
    hits, false = curve.sensitivity * n_pos, (1 - curve.specificity) * n_neg
    return _best(curve, 2 * hits / (hits + false + n_pos), np.full(curve.thresholds.shape, True))


def _points_of(name: str, labels: Any, scores: Any) -> list[OperatingPoint]:
    kind, _, least = name.partition(":")
    if kind == "f1":
        return f1_points(labels, scores)
    if kind == "sensitivity" and least:
        return specificity_at_sensitivity(labels, scores, float(least))
    if kind == "specificity" and least:
        return sensitivity_at_specificity(labels, scores, float(least))
    raise UsageError(
        f"no operating point is called '{name}'; there are sensitivity:SHARE, specificity:SHARE, f1"
    )


def _named(point: str) -> tuple[str, str]:
    """Name and rule of a further point."""
    kind, _, least = point.partition(":")
    if not least:
        return kind, "largest F1 (harmonic mean of precision and recall)"
    floor = f"{100 * float(least):g}"
    other = "specificity" if kind == "sensitivity" else "sensitivity"
    return f"{kind}_{floor}", f"highest {other} with {kind} of at least {floor} %"


def cost_point(ratio: float, *, origin: ThresholdOrigin = "prespecified") -> dict[str, Any]:
    """The operating point that follows from a ratio of costs: "cost_ratio_9" for a ratio of 9.

    With calibrated probabilities it pays to act wherever p / (1 - p) exceeds 1 / ratio (Pauker & Kassirer
    1980): the threshold is the threshold probability of the decision curve, and no data choose it.

    Args:
        ratio: how many false alarms weigh as much as one missed case; above 0.
        origin: "prespecified", unless the test cases had been looked at before.

    Raises:
        UsageError: the ratio is not above 0.
    """
    if not (ratio > 0 and math.isfinite(ratio)):
        raise UsageError(
            f"a cost ratio lies above 0 (9: a missed case weighs as nine false alarms), got {ratio}"
        )
    rule = f"one missed case weighs as much as {ratio:g} false alarms"
    return {"name": f"cost_ratio_{ratio:g}", "threshold": 1 / (1 + ratio), "origin": origin, "rule": rule}


def _attained(
    labels: Any,
    scores: Any,
    threshold: float,
    name: str,
    origin: ThresholdOrigin,
    clusters: Any,
    level: float,
) -> dict[str, Any]:
    truth = check_binary(labels)
    called = check_scores(scores, truth.size) >= threshold
    groups = check_clusters(clusters, truth.size)
    result = {}
    for measure, rows in (("sensitivity", truth), ("specificity", ~truth)):
        hits = (called == truth)[rows]
        metric = proportion(hits, name=measure, clusters=groups.of(rows), level=level)
        result[measure] = metric.with_(
            threshold=threshold, threshold_origin=origin, operating_point=name,
            n_pos=int(truth.sum()), n_neg=int((~truth).sum()), n_units=truth.size,
            convention="on the data the threshold was chosen on, so optimistic",
        ).as_json()  # fmt: skip
    return result


def _curve(labels: Any, scores: Any) -> RocCurve:
    truth = check_binary(labels)
    if truth.all() or not truth.any():
        raise DataRefused(
            f"an operating point needs cases of both classes, got {int(truth.sum())} positive and "
            f"{int((~truth).sum())} negative"
        )
    return roc_curve(truth, scores)


def _best(curve: RocCurve, merit: NDArray[np.float64], allowed: NDArray[np.bool_]) -> list[OperatingPoint]:
    allowed = allowed & np.isfinite(curve.thresholds)  # a rule that calls nothing positive is no reader
    if not allowed.any():
        return []
    best = merit[allowed].max()
    among = np.flatnonzero(allowed & (merit >= best - TIE))[::-1]
    halfway = _halfway(curve.thresholds)
    return [
        OperatingPoint(float(halfway[i]), float(curve.sensitivity[i]), float(curve.specificity[i]))
        for i in among
    ]


def _halfway(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    lower = np.append(thresholds[1:], thresholds[-1])
    middle = thresholds.copy()
    middle[1:] = lower[1:] + (thresholds[1:] - lower[1:]) / 2
    return np.where(middle > lower, middle, thresholds)
