"""The evidence of a reader of many classes that exclude each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import class_totals, confusion_matrix
from thirdeye.evaluation.curves import MAX_POINTS, calibration_of, curves_of
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro, auc_of_classes
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.rates import composite_metrics, rate_metrics, units_of
from thirdeye.evaluation.scored_column import ScoredColumn

ARG_MAX = "the most probable class is the call"
MOST_FULL_CURVES = 20


def multiclass_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a multi-class task."""
    names, groups = list(cases.classes), cases.groups
    columns = class_totals(cases.labels, cases.predicted, k=len(names))
    forecasts = _forecasts(cases)
    statistics = [totals_statistic(columns, groups), calibration_error_statistic(forecasts, groups)]
    draws = resample(statistics, groups.count, n_resamples=cases.n_resamples, seed=cases.seed)
    metrics = [
        macro_of(cases),
        *_arg_max_metrics(cases, columns, draws[0]),
        _brier(cases),
        *auc_of_classes(
            cases.membership, cases.probabilities, classes=names, clusters=groups, level=cases.level
        ),
        *(metric for column in range(len(names)) for metric in _one_class(cases, column)),
    ]
    return {
        "metrics": metrics,
        "operating_points": [point.as_json() for point in cases.thresholds],
        "calibration": _calibration(forecasts, draws[1], cases),
        "curves": class_curves(cases),
        "confusion_matrix": _table(cases),
    }


def macro_of(cases: CaseSet) -> Metric:
    """The macro AUC of a set."""
    return auc_macro(
        cases.membership, cases.probabilities, classes=list(cases.classes), clusters=cases.groups,
        level=cases.level,
    )  # fmt: skip


def _arg_max_metrics(
    cases: CaseSet, columns: NDArray[np.float32], draws: NDArray[np.float64]
) -> list[Metric]:
    right, groups, level = cases.labels == cases.predicted, cases.groups, cases.level
    accuracy = proportion(right, name="accuracy", clusters=groups, level=level, convention=ARG_MAX)
    totals = columns.sum(axis=0, dtype=np.float64)
    rest = composite_metrics(
        totals, draws, units=units_of(cases.labels, groups, k=len(cases.classes)), positive=None,
        n_clusters=groups.count, level=level,
    )  # fmt: skip
    return [accuracy, *(metric.with_(convention=f"{metric.convention}; {ARG_MAX}") for metric in rest)]


def _brier(cases: CaseSet) -> Metric:
    losses = ((cases.probabilities - cases.membership) ** 2).sum(axis=1)
    return mean_metric(
        losses, name="brier", clusters=cases.groups, level=cases.level,
        convention="squared differences summed over classes, 0 to 2",
    )  # fmt: skip


def _one_class(cases: CaseSet, column: int) -> list[Metric]:
    name, truth = cases.classes[column], cases.membership[:, column]
    found = rate_metrics(truth, cases.predicted == column, groups=cases.groups, level=cases.level)
    found = [
        metric.with_(convention=f"against all other classes; {ARG_MAX}")
        for metric in found
        if metric.name != "accuracy"
    ]
    found += calibration_metrics(
        truth, cases.probabilities[:, column], clusters=cases.groups, level=cases.level
    )
    mine = [point for point in cases.thresholds if point.class_name == name]
    marked = ScoredColumn(cases, column, mine, "one_vs_rest").at_thresholds() if mine else []
    return [metric.with_(class_name=name) for metric in found] + marked


def _forecasts(cases: CaseSet) -> list[Forecast]:
    """The most probable class first, then each class against the rest."""
    right = cases.labels == cases.predicted
    return [
        Forecast(right, cases.probabilities.max(axis=1), "top_label"),
        *(
            Forecast(cases.membership[:, c], cases.probabilities[:, c], "one_vs_rest", name)
            for c, name in enumerate(cases.classes)
        ),
    ]


def _calibration(forecasts: list[Forecast], draws: NDArray[np.float64], cases: CaseSet) -> dict[str, Any]:
    groups, level = cases.groups, cases.level
    blocks = []
    for at, forecast in enumerate(forecasts):
        drawn = draws[:, 2 * at : 2 * at + 2]
        errors = calibration_error_metrics(forecast, drawn, n_clusters=groups.count, level=level)
        blocks.append(calibration_of(forecast, errors, groups=groups, level=level))
    return blocks[0] | {"per_class": blocks[1:]}


def class_curves(cases: CaseSet) -> dict[str, Any]:
    """The curves of each class against the rest; with very many classes each has fewer points."""
    at_most = max(MAX_POINTS * MOST_FULL_CURVES // max(len(cases.classes), MOST_FULL_CURVES), 50)
    blocks = []
    for column, name in enumerate(cases.classes):
        truth, scores = cases.membership[:, column], cases.probabilities[:, column]
        curves = curves_of(truth, scores, groups=cases.groups, level=cases.level, at_most=at_most)
        blocks.append({"class": name} | curves)
    return {"per_class": blocks}


def _table(cases: CaseSet) -> dict[str, Any]:
    counts = confusion_matrix(cases.labels, cases.predicted, k=len(cases.classes))
    return {
        "classes": list(cases.classes),
        "counts": counts.tolist(),
        "rows": "truth",
        "columns": "predicted",
        "rule": ARG_MAX,
        "operating_point": None,
    }
