"""The evidence of a reader of labels that do not exclude each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.class_areas import class_area_metrics
from thirdeye.evaluation.label_pool import pooled_metrics
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass_evidence import macro_of
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.scored_column import ScoredColumn, with_half

BLOCKS = ("predictive_values", "decision_curve", "smooth_calibration")


def multilabel_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a multi-label task; there is no confusion matrix."""
    columns = [
        ScoredColumn(cases, column, with_half(cases.thresholds, name), "one_vs_rest")
        for column, name in enumerate(cases.classes)
    ]
    by_label = [
        metric.with_(class_name=scored.forecast.class_name)
        for scored in columns
        for metric in scored.metrics()
    ]
    areas = class_area_metrics(
        cases.membership, cases.probabilities, groups=cases.groups, level=cases.level, exclusive=False
    )
    return {
        "metrics": [macro_of(cases), *areas, _exact_match(cases), *pooled_metrics(cases), *by_label],
        "operating_points": [point.as_json() for scored in columns for point in scored.thresholds],
        "calibration": {"kind": "per_label", "per_class": [scored.calibration() for scored in columns]},
        "curves": {
            "per_class": [{"class": scored.forecast.class_name} | scored.curves() for scored in columns]
        },
        "confusion_matrix": None,
        **{name: {"per_class": _each(columns, name)} for name in BLOCKS},
    }


def _each(columns: Sequence[ScoredColumn], name: str) -> list[dict[str, Any]]:
    return [{"class": scored.forecast.class_name} | (scored.blocks[name] or {}) for scored in columns]


def _exact_match(cases: CaseSet) -> Metric:
    right = ((cases.probabilities >= 0.5) == cases.membership).all(axis=1)
    return proportion(
        right, name="accuracy", clusters=cases.groups, level=cases.level,
        convention="exact match: every label of the case right at probability 0.5",
    )  # fmt: skip
