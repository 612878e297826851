"""calib.drift: calibration left its control limits in the course of time."""

from __future__ import annotations

from typing import Any

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.drift import Drift, DriftWindow

WORDS = {
    "calibration_intercept": "calibration in the large",
    "calibration_slope": "calibration slope",
    "expected_over_observed": "expected over observed",
}


def drifted(drift: Drift) -> list[Audit]:
    """One audit where a window lies outside its limits; "info" where all lie inside.

    Args:
        drift: from `calibration_drift`.
    """
    judged = [window for window in drift.windows if window.limits]
    if not judged:
        return []
    numbers: dict[str, Any] = {"windows": [_window(window) for window in drift.windows]}
    if not drift.alarms:
        sentence = f"Calibration stayed within its control limits in all {len(judged)} windows of time."
        return [Audit("calib.drift", "info", sentence, numbers)]
    named = sorted({name for window in drift.alarms for name in window.outside}, key=list(WORDS).index)
    sentence = (
        f"Calibration left its control limits in {len(drift.alarms)} of {len(judged)} windows of time "
        f"({', '.join(WORDS[name] for name in named)}): recalibrate before probabilities are used."
    )
    return [Audit("calib.drift", "warning", sentence, numbers)]


def _window(window: DriftWindow) -> dict[str, Any]:
    return {
        "first": window.first,
        "last": window.last,
        "metrics": [metric.as_json() for metric in window.metrics],
        "limits": {name: list(ends) for name, ends in window.limits.items()},
        "outside": list(window.outside),
    }
