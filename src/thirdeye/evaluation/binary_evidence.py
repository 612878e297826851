"""The evidence of a binary reader."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.bootstrap import bootstrap_metric, resample
from thirdeye.evaluation.bootstrap_statistics import average_precision_statistic, totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import class_totals, confusion_matrix
from thirdeye.evaluation.curves import calibration_of, curves_of
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.precision_recall import CONVENTION, average_precision_value
from thirdeye.evaluation.proper_scores import brier
from thirdeye.evaluation.rates import composite_metrics, rate_metrics
from thirdeye.evaluation.threshold import Threshold, half


def binary_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a binary task."""
    column = cases.positive or 0
    truth, scores = cases.membership[:, column], cases.probabilities[:, column]
    thresholds = with_half(cases.thresholds, None)
    metrics = score_metrics(truth, scores, cases)
    metrics += thresholded_metrics(truth, scores, thresholds, cases)
    order = [1, 0] if column == 0 else [0, 1]
    return {
        "metrics": metrics,
        "operating_points": [
            point.as_json() | {"confusion_matrix": _table(truth, scores, point, cases, order)}
            for point in thresholds
        ],
        "calibration": calibration_of(
            truth, scores, kind="positive_class", groups=cases.groups, level=cases.level
        ),
        "curves": curves_of(truth, scores, level=cases.level),
        "confusion_matrix": _table(truth, scores, half(), cases, order),
    }


def with_half(thresholds: tuple[Threshold, ...], class_name: str | None) -> list[Threshold]:
    """The operating points of one class, and probability 0.5 unless it is among them."""
    mine = [point for point in thresholds if point.class_name == class_name]
    plain = half(class_name)
    return mine if any(point.name == plain.name for point in mine) else [*mine, plain]


def score_metrics(truth: NDArray[np.bool_], scores: NDArray[np.float64], cases: CaseSet) -> list[Metric]:
    """Measures that need no threshold: AUC, average precision, Brier, calibration."""
    groups, level = cases.groups, cases.level
    return [
        auc(truth, scores, clusters=groups, level=level),
        average_precision(truth, scores, cases),
        brier(truth, scores, clusters=groups, level=level),
        *calibration_metrics(truth, scores, clusters=groups, level=level),
    ]


def average_precision(truth: NDArray[np.bool_], scores: NDArray[np.float64], cases: CaseSet) -> Metric:
    """Average precision with a bootstrap interval by patient; undefined without a positive case."""
    groups, n_pos = cases.groups, int(truth.sum())
    statistic = average_precision_statistic(truth, scores, groups)
    draws = resample([statistic], groups.count, n_resamples=cases.n_resamples, seed=cases.seed)[0][:, 0]
    return bootstrap_metric(
        "average_precision", average_precision_value(truth, scores), draws, reason="no positive case",
        n=truth.size, n_clusters=groups.count, groups_of=n_pos, level=cases.level, convention=CONVENTION,
        n_pos=n_pos, n_neg=truth.size - n_pos, details={"prevalence": float(truth.mean())},
    )  # fmt: skip


def thresholded_metrics(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], thresholds: list[Threshold], cases: CaseSet
) -> list[Metric]:
    """Everything that needs a threshold, at each operating point, on common resamples."""
    groups = cases.groups
    columns = [class_totals(truth, scores >= point.threshold, k=2) for point in thresholds]
    statistics = [totals_statistic(column, groups) for column in columns]
    draws = resample(statistics, groups.count, n_resamples=cases.n_resamples, seed=cases.seed)
    metrics = []
    for point, column, drawn in zip(thresholds, columns, draws, strict=True):
        found = rate_metrics(truth, scores >= point.threshold, groups=groups, level=cases.level)
        found += composite_metrics(
            column.sum(axis=0, dtype=np.float64),
            drawn,
            positive=1,
            n_clusters=groups.count,
            level=cases.level,
        )
        metrics += [point.mark(metric) for metric in found]
    return metrics


def _table(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], point: Threshold, cases: CaseSet, order: list[int]
) -> dict[str, Any]:
    counts = confusion_matrix(truth, scores >= point.threshold, k=2)[np.ix_(order, order)]
    return {
        "classes": list(cases.classes),
        "counts": counts.tolist(),
        "rows": "truth",
        "columns": "predicted",
        "rule": f"positive when the probability is at least {point.threshold:.6g}",
        "operating_point": point.name,
    }
