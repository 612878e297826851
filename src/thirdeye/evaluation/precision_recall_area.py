"""Area under the precision-recall curve with the interpolation of Davis and Goadrich."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.roc import ScoreCounts, count_scores


def area_davis_goadrich(labels: Any, scores: Any) -> float:
    """Area by steps of one positive case between the attained points (Davis & Goadrich 2006, ICML).

    Args:
        labels: (n,) of 0 and 1 with at least one of each.
        scores: (n,) finite.

    Returns:
        NaN without a positive case. Between two thresholds false positives grow in proportion to true ones,
        so that precision is not a straight line; the area is summed over whole cases.
    """
    found, called = _steps(count_scores(labels, scores))
    if not found.size:
        return float("nan")
    total = found[-1]
    area, before, false_before = 0.0, 0.0, 0.0
    for now, false_now in zip(found, called - found, strict=True):
        if now > before:
            hits = np.arange(before, now + 1)
            false = false_before + (false_now - false_before) * (hits - before) / (now - before)
            precision = _precision(hits, false)
            area += float(np.trapezoid(precision, hits / total))
        before, false_before = now, false_now
    return area


def area_integral(labels: Any, scores: Any) -> float:
    """Area of the continuous interpolation (Boyd et al. 2013; Keilwagen et al. 2014, PLoS ONE 9).

    Args:
        labels, scores: as `area_davis_goadrich`.
    """
    found, called = _steps(count_scores(labels, scores))
    if not found.size:
        return float("nan")
    total = found[-1]
    area, before, false_before = 0.0, 0.0, 0.0
    for now, false_now in zip(found, called - found, strict=True):
        area += _integral(before, now, false_before, false_now) / total
        before, false_before = now, false_now
    return area


def _integral(before: float, now: float, false_before: float, false_now: float) -> float:
    """Integral of t / (t + f(t)) for t from `before` to `now`, f a straight line."""
    if now <= before:
        return 0.0
    slope = (false_now - false_before) / (now - before)
    a = 1 + slope
    b = false_before - slope * before
    if abs(b) < 1e-12:
        return (now - before) / a
    return (now - before) / a - b / a**2 * float(np.log((a * now + b) / (a * before + b)))


def _precision(hits: NDArray[np.float64], false: NDArray[np.float64]) -> NDArray[np.float64]:
    """True over called; at the start, where nothing is called, the limit along the line."""
    called = hits + false
    with np.errstate(invalid="ignore"):
        precision = hits / called
    if called[0] == 0:
        precision[0] = precision[1]
    return precision


def _steps(counts: ScoreCounts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """True positives and all called, from the highest score down."""
    if counts.n_pos == 0:
        return np.array([]), np.array([])
    found = np.cumsum(counts.positives[::-1]).astype(np.float64)
    called = np.cumsum((counts.positives + counts.negatives)[::-1]).astype(np.float64)
    return found, called
