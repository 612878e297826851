"""The evidence of a binary reader."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import confusion_matrix
from thirdeye.evaluation.scored_column import ScoredColumn, with_half
from thirdeye.evaluation.threshold import Threshold, half


def binary_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of a binary task."""
    column = cases.positive or 0
    thresholds = with_half(cases.thresholds, None)
    scored = ScoredColumn(cases, column, thresholds, "positive_class")
    order = [1, 0] if column == 0 else [0, 1]
    return {
        "metrics": scored.metrics(),
        "operating_points": [
            point.as_json() | {"confusion_matrix": _table(scored, point, order)} for point in thresholds
        ],
        "calibration": scored.calibration(),
        "curves": scored.curves(),
        "confusion_matrix": _table(scored, half(), order),
        **scored.blocks,
    }


def _table(scored: ScoredColumn, point: Threshold, order: list[int]) -> dict[str, Any]:
    counts = confusion_matrix(scored.truth, scored.scores >= point.threshold, k=2)[np.ix_(order, order)]
    return {
        "classes": list(scored.cases.classes),
        "counts": counts.tolist(),
        "rows": "truth",
        "columns": "predicted",
        "rule": f"positive when the probability is at least {point.threshold:.6g}",
        "operating_point": point.name,
    }
