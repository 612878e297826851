"""The evidence of a reader of labels that do not exclude each other."""

from __future__ import annotations

from typing import Any

from thirdeye.evaluation.binary_evidence import score_metrics, thresholded_metrics, with_half
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass_evidence import class_calibration, class_curves, macro_of
from thirdeye.evaluation.proportion import proportion


def multilabel_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a multi-label task; there is no confusion matrix."""
    metrics = [
        macro_of(cases),
        _exact_match(cases),
    ]  # fmt: skip
    points = []
    for column, name in enumerate(cases.classes):
        truth, scores = cases.membership[:, column], cases.probabilities[:, column]
        thresholds = with_half(cases.thresholds, name)
        points += [point.as_json() for point in thresholds]
        metrics += [metric.with_(class_name=name) for metric in score_metrics(truth, scores, cases)]
        metrics += thresholded_metrics(truth, scores, thresholds, cases)
    return {
        "metrics": metrics,
        "operating_points": points,
        "calibration": {"kind": "per_label", "per_class": class_calibration(cases)},
        "curves": class_curves(cases),
        "confusion_matrix": None,
    }


def _exact_match(cases: CaseSet) -> Metric:
    right = ((cases.probabilities >= 0.5) == cases.membership).all(axis=1)
    return proportion(
        right, name="accuracy", clusters=cases.groups, level=cases.level,
        convention="exact match: every label of the case right at probability 0.5",
    )  # fmt: skip
