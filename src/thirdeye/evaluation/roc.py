"""The empirical ROC: everything starts from one sort of the scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.inputs import check_binary, check_both_classes, check_scores
from thirdeye.evaluation.scalars import check_share

_ROUNDING = 1e-12


@dataclass(frozen=True)
class ScoreCounts:
    """Cases at each distinct score, from the lowest score up.

    Args:
        scores: (g,) distinct scores, ascending.
        positives, negatives: (g,) cases with that score.
    """

    scores: NDArray[np.float64]
    positives: NDArray[np.int64]
    negatives: NDArray[np.int64]

    @property
    def n_pos(self) -> int:
        """Cases with the condition."""
        return int(self.positives.sum())

    @property
    def n_neg(self) -> int:
        """Cases without it."""
        return int(self.negatives.sum())


def count_scores(labels: Any, scores: Any) -> ScoreCounts:
    """Cases at each distinct score, by one sort.

    Args:
        labels: (n,) of 0 and 1.
        scores: (n,) finite, higher meaning more likely positive.
    """
    positive = check_binary(labels)
    values = check_scores(scores, positive.size)
    order = np.argsort(values)
    ordered, hits = values[order], positive[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    if last.size == hits.size:  # no ties: every score is its own group
        positives = hits.astype(np.int64)
        return ScoreCounts(ordered, positives, 1 - positives)
    positives = np.diff(np.cumsum(hits)[last], prepend=0)
    return ScoreCounts(ordered[last], positives, np.diff(last + 1, prepend=0) - positives)


@dataclass(frozen=True)
class Placements:
    """How each case stands against the cases of the other class (DeLong's structural components).

    Args:
        positive: (n,) whether the row has the condition.
        values: (n,) share of the other class that the row is ordered rightly against, ties counting half:
            V10 for a positive row, V01 for a negative one.
        auc: their mean over either class.
    """

    positive: NDArray[np.bool_]
    values: NDArray[np.float64]
    auc: float


def placements(labels: Any, scores: Any) -> Placements:
    """Structural components of every case (DeLong, DeLong & Clarke-Pearson 1988), by one sort.

    Args:
        labels: (n,) of 0 and 1, both present.
        scores: (n,) finite.
    """
    positive = check_binary(labels)
    values = check_scores(scores, positive.size)
    order = np.argsort(values)
    ordered, hits = values[order], positive[order]
    starts = np.append(True, ordered[1:] != ordered[:-1])
    group = np.cumsum(starts) - 1
    last = np.append(np.flatnonzero(starts)[1:], ordered.size) - 1
    pos_up_to = np.cumsum(hits)[last]
    neg_up_to = last + 1 - pos_up_to
    n_pos, n_neg = int(pos_up_to[-1]), int(neg_up_to[-1])
    check_both_classes(n_pos, n_neg)
    below = neg_up_to - np.diff(neg_up_to, prepend=0) / 2
    above = n_pos - pos_up_to + np.diff(pos_up_to, prepend=0) / 2
    standing = np.empty(ordered.size)
    standing[order] = np.where(hits, (below / n_neg)[group], (above / n_pos)[group])
    auc = float(np.dot(np.diff(pos_up_to, prepend=0), below) / (n_pos * n_neg))
    return Placements(positive, standing, auc)


@dataclass(frozen=True)
class RocCurve:
    """The empirical ROC from "nothing is positive" to "everything is positive".

    Args:
        thresholds: (g + 1,) descending; a case is positive at or above; the first is infinite.
        sensitivity: (g + 1,) from 0 to 1.
        specificity: (g + 1,) from 1 to 0.
    """

    thresholds: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]

    def sensitivity_at(self, specificity: float) -> float:
        """Sensitivity on the straight line between attained points; the highest where several are there."""
        return _on_the_line(
            1 - self.specificity, self.sensitivity, 1 - check_share("specificity", specificity)
        )

    def specificity_at(self, sensitivity: float) -> float:
        """Specificity on the straight line between attained points; the highest where several are there."""
        missed = 1 - check_share("sensitivity", sensitivity)
        return _on_the_line(1 - self.sensitivity[::-1], self.specificity[::-1], missed)


def _on_the_line(across: NDArray[np.float64], up: NDArray[np.float64], at: float) -> float:
    """Height of a rising polygon, its upper end where it is vertical."""
    here = int(np.searchsorted(across, at + _ROUNDING, side="right")) - 1  # the upper end of a step
    if here == across.size - 1 or at <= across[here]:
        return float(up[here])
    share = (at - across[here]) / (across[here + 1] - across[here])
    return float(up[here] + share * (up[here + 1] - up[here]))


def roc_curve(labels: Any, scores: Any) -> RocCurve:
    """Every attained pair of sensitivity and specificity.

    Args:
        labels: (n,) of 0 and 1, both present.
        scores: (n,) finite.
    """
    counts = count_scores(labels, scores)
    check_both_classes(counts.n_pos, counts.n_neg)
    tp = np.append(0, np.cumsum(counts.positives[::-1]))
    fp = np.append(0, np.cumsum(counts.negatives[::-1]))
    thresholds = np.append(np.inf, counts.scores[::-1])
    return RocCurve(thresholds, tp / counts.n_pos, 1 - fp / counts.n_neg)
