"""The evidence of a reader of many classes that exclude each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.call_agreement import call_agreement
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.class_areas import class_area_metrics
from thirdeye.evaluation.class_evidence import (
    ARG_MAX,
    class_blocks,
    class_columns,
    class_curves,
    class_metrics,
)
from thirdeye.evaluation.confusion import class_totals, confusion_matrix
from thirdeye.evaluation.curves import calibration_of
from thirdeye.evaluation.logistic import CLIP
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.rates import composite_metrics, units_of
from thirdeye.evaluation.scored_column import ScoredColumn
from thirdeye.evaluation.smooth_band import smooth_block, smooth_draws, smooth_metrics, smooth_of


def multiclass_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a multi-class task."""
    groups = cases.groups
    totals = class_totals(cases.labels, cases.predicted, k=len(cases.classes))
    forecasts, columns = _forecasts(cases), class_columns(cases)
    statistics = [totals_statistic(totals, groups), calibration_error_statistic(forecasts, groups)]
    draws = resample(statistics, groups.count, n_resamples=cases.n_resamples, seed=cases.seed)
    distances, smooth = _smooth(forecasts[0], cases)
    pointed = [one for one in columns if one.thresholds]
    return {
        "metrics": [*_of_all(cases, totals, draws[0]), *distances, *_of_classes(columns)],
        "operating_points": [point.as_json() for point in cases.thresholds],
        "calibration": _calibration(forecasts, draws[1], cases),
        "curves": class_curves(columns),
        "confusion_matrix": _table(cases),
        "smooth_calibration": smooth | class_blocks(columns, "smooth_calibration"),
        "decision_curve": class_blocks(columns, "decision_curve"),
        "predictive_values": class_blocks(pointed, "predictive_values"),
    }


def _of_classes(columns: list[ScoredColumn]) -> list[Metric]:
    return [metric for one in columns for metric in class_metrics(one)]


def _of_all(cases: CaseSet, totals: NDArray[np.float32], draws: NDArray[np.float64]) -> list[Metric]:
    groups, level = cases.groups, cases.level
    return [
        macro_of(cases),
        *class_area_metrics(
            cases.membership, cases.probabilities, groups=groups, level=level, exclusive=True
        ),
        *_arg_max_metrics(cases, totals, draws),
        *call_agreement(totals.sum(axis=0, dtype=np.float64), draws, n_clusters=groups.count, level=level),
        _brier(cases),
        _log_loss(cases),
    ]


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


def _log_loss(cases: CaseSet) -> Metric:
    given = cases.probabilities[np.arange(cases.n), cases.labels]
    clipped = np.maximum(given, CLIP)
    return mean_metric(
        -np.log(clipped), name="log_loss", clusters=cases.groups, level=cases.level,
        convention=f"natural logarithm; probabilities of the true class raised to at least {CLIP:g}",
        details={"n_clipped": int((clipped != given).sum())},
    )  # fmt: skip


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


def _smooth(forecast: Forecast, cases: CaseSet) -> tuple[list[Metric], dict[str, Any]]:
    """The smooth calibration of the class named: its distances, and its curve."""
    found, draws = smooth_of(forecast, cases.level), np.empty((0, 0))
    if found is not None:
        draws = smooth_draws(forecast, cases.groups, n_resamples=cases.n_resamples, seed=cases.seed)
    metrics = smooth_metrics(forecast, draws, found=found, groups=cases.groups, level=cases.level)
    marked = [metric.with_(convention=f"{metric.convention}; of the class named") for metric in metrics]
    return marked, smooth_block(forecast, draws, found=found, level=cases.level) or {}


def _table(cases: CaseSet) -> dict[str, Any]:
    counts = confusion_matrix(cases.labels, cases.predicted, k=len(cases.classes))
    return {
        "classes": list(cases.classes),
        "counts": counts.tolist(),
        "row_shares": [_shares(row) for row in counts],
        "rows": "truth",
        "columns": "predicted",
        "rule": ARG_MAX,
        "operating_point": None,
    }


def _shares(row: NDArray[np.int64]) -> list[float] | None:
    """Of the cases of one class, what they were called; None where there is no case."""
    return (row / row.sum()).tolist() if row.any() else None
