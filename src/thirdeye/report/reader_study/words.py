"""Estimates as words."""

from __future__ import annotations

import math

from thirdeye.evaluation.readers.free_response import FREE_RESPONSE
from thirdeye.evaluation.readers.result import Estimate
from thirdeye.report.names import measure
from thirdeye.report.numbers import number

_MERITS = {"youden": "Youden's index", "partial_auc": "Partial AUC"}


def estimate_text(one: Estimate, level: float) -> str:
    """``0.912 (95% interval 0.871 to 0.946)``; without an interval the value alone."""
    if not math.isfinite(one.low) or not math.isfinite(one.high):
        return number(one.value)
    return f"{number(one.value)} ({level:.0%} interval {number(one.low)} to {number(one.high)})"


def p_text(p: float | None) -> str:
    """``p = 0.032``, ``p < 0.001`` or nothing."""
    if p is None or not math.isfinite(p):
        return "no test"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def merit_title(name: str) -> str:
    """What a figure of merit is called on paper."""
    return _MERITS.get(name) or (name if name in FREE_RESPONSE else measure(name).title)
