"""The evidence of a reader of many classes that exclude each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.binary_evidence import thresholded_metrics
from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import class_totals, confusion_matrix
from thirdeye.evaluation.curves import calibration_of, curves_of
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro, auc_of_classes
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.rates import composite_metrics, rate_metrics

ARG_MAX = "the most probable class is the call"


def multiclass_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a multi-class task."""
    names = list(cases.classes)
    metrics = [
        macro_of(cases),
        *arg_max_metrics(cases),
        _brier(cases),
        *auc_of_classes(
            cases.membership, cases.probabilities, classes=names, clusters=cases.groups, level=cases.level
        ),
        *(metric for column in range(len(names)) for metric in _one_class(cases, column)),
    ]
    return {
        "metrics": metrics,
        "operating_points": [point.as_json() for point in cases.thresholds],
        "calibration": _calibration(cases),
        "curves": class_curves(cases),
        "confusion_matrix": arg_max_table(cases),
    }


def macro_of(cases: CaseSet) -> Metric:
    """The macro AUC of a set."""
    return auc_macro(
        cases.membership, cases.probabilities, classes=list(cases.classes), clusters=cases.groups,
        level=cases.level,
    )  # fmt: skip


def arg_max_metrics(cases: CaseSet) -> list[Metric]:
    """Accuracy, balanced accuracy, F1 and Matthews' correlation of the most probable class."""
    k, groups, level = len(cases.classes), cases.groups, cases.level
    right = cases.labels == cases.predicted
    accuracy = proportion(right, name="accuracy", clusters=groups, level=level, convention=ARG_MAX)
    columns = class_totals(cases.labels, cases.predicted, k=k)
    draws = resample(
        [totals_statistic(columns, groups)], groups.count, n_resamples=cases.n_resamples, seed=cases.seed
    )[0]
    totals = columns.sum(axis=0, dtype=np.float64)
    rest = composite_metrics(totals, draws, positive=None, n_clusters=groups.count, level=level)
    return [accuracy, *(metric.with_(convention=f"{metric.convention}; {ARG_MAX}") for metric in rest)]


def _brier(cases: CaseSet) -> Metric:
    losses = ((cases.probabilities - cases.membership) ** 2).sum(axis=1)
    return mean_metric(
        losses, name="brier", clusters=cases.groups, level=cases.level,
        convention="squared differences summed over classes, 0 to 2",
    )  # fmt: skip


def _one_class(cases: CaseSet, column: int) -> list[Metric]:
    name, truth, scores = cases.classes[column], cases.membership[:, column], cases.probabilities[:, column]
    called = cases.predicted == column
    found = rate_metrics(truth, called, groups=cases.groups, level=cases.level)
    found = [
        metric.with_(convention=f"against all other classes; {ARG_MAX}")
        for metric in found
        if metric.name != "accuracy"
    ]
    found += calibration_metrics(truth, scores, clusters=cases.groups, level=cases.level)
    mine = [point for point in cases.thresholds if point.class_name == name]
    marked = thresholded_metrics(truth, scores, mine, cases) if mine else []
    return [metric.with_(class_name=name) for metric in found] + marked


def _calibration(cases: CaseSet) -> dict[str, Any]:
    top, right = cases.probabilities.max(axis=1), cases.labels == cases.predicted
    block = calibration_of(right, top, kind="top_label", groups=cases.groups, level=cases.level)
    return block | {"per_class": class_calibration(cases)}


def class_calibration(cases: CaseSet) -> list[dict[str, Any]]:
    """The calibration block of each class against the rest."""
    return [
        {"class": name}
        | calibration_of(
            cases.membership[:, column],
            cases.probabilities[:, column],
            kind="one_vs_rest",
            groups=cases.groups,
            level=cases.level,
        )
        for column, name in enumerate(cases.classes)
    ]


def class_curves(cases: CaseSet) -> dict[str, Any]:
    """The curves of each class against the rest."""
    return {
        "per_class": [
            {"class": name}
            | curves_of(cases.membership[:, column], cases.probabilities[:, column], level=cases.level)
            for column, name in enumerate(cases.classes)
        ]
    }


def arg_max_table(cases: CaseSet) -> dict[str, Any]:
    """Counts of truth against the most probable class."""
    counts = confusion_matrix(cases.labels, cases.predicted, k=len(cases.classes))
    return {
        "classes": list(cases.classes),
        "counts": counts.tolist(),
        "rows": "truth",
        "columns": "predicted",
        "rule": ARG_MAX,
        "operating_point": None,
    }
