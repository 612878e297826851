"""Precision and recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.roc import ScoreCounts, count_scores

CONVENTION = "step sum of (R_n - R_n-1) P_n over distinct scores; by chance it equals the prevalence"


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """Precision and recall at each distinct score, from the highest score down.

    Args:
        thresholds: (g,) descending; a case is positive at or above.
        precision, recall: (g,) from 0 to 1.
        baseline: prevalence, the precision of chance.
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    baseline: float


def precision_recall_curve(labels: Any, scores: Any) -> PrecisionRecallCurve:
    """Every attained pair.

    Args:
        labels: (n,) of 0 and 1 with at least one 1.
        scores: (n,) finite.
    """
    counts = count_scores(labels, scores)
    if not counts.n_pos:
        raise DataRefused("no positive case: precision and recall have no curve")
    found, called = _running(counts)
    n = counts.n_pos + counts.n_neg
    return PrecisionRecallCurve(counts.scores[::-1], found / called, found / counts.n_pos, counts.n_pos / n)


def average_precision_value(labels: Any, scores: Any) -> float:
    """Average precision; NaN without a positive case (never 0)."""
    counts = count_scores(labels, scores)
    if counts.n_pos == 0:
        return float("nan")
    found, called = _running(counts)
    return float(np.dot(counts.positives[::-1], found / called) / counts.n_pos)


def _running(counts: ScoreCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.cumsum(counts.positives[::-1]), np.cumsum((counts.positives + counts.negatives)[::-1])
