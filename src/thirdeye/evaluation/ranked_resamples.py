"""Everything that rests on the ranking of the scores, in each resample, from one sort.

AUC, partial areas, average precision, area under the precision-recall curve, and both curves at fixed places
for their bands: the cases are sorted once, and a resample only counts them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, Weights
from thirdeye.evaluation.inputs import Clusters, check_binary, check_scores

Array = NDArray[np.float64]
PARTIAL = 0.1  # width of the range of the partial areas: specificity, or sensitivity, of 0.9 to 1
BLOCK_ELEMENTS = 200_000  # cases times resamples worked on at once: they stay in the cache
FALSE_ALARMS: Array = np.round(np.concatenate([np.linspace(0, 0.1, 11), np.linspace(0.125, 1, 36)]), 4)
RECALLS: Array = np.round(np.linspace(0.02, 1, 50), 4)
NAMES = (
    "auc", "average_precision", "auc_pr_davis_goadrich", "partial_auc_specificity_90_100",
    "partial_auc_sensitivity_90_100",
)  # fmt: skip


@dataclass(frozen=True)
class Ranked:
    """Values of the ranking in b resamples; NaN where a class is absent from one.

    Args:
        areas: name to (b,) values, see `NAMES`.
        sensitivity: (b, g) at the shares of false alarms `FALSE_ALARMS`, interpolated.
        precision: (b, r) at the sensitivities `RECALLS`: that of the first threshold which attains it.
    """

    areas: dict[str, Array]
    sensitivity: Array
    precision: Array


def read_ranked(values: Array) -> Ranked:
    """The columns that `ranked_statistic` returns, by name."""
    k, g = len(NAMES), FALSE_ALARMS.size
    return Ranked(
        {name: values[:, at] for at, name in enumerate(NAMES)}, values[:, k : k + g], values[:, k + g :]
    )


def ranked_statistic(labels: Any, scores: Any, clusters: Clusters) -> Statistic:
    """The columns of `Ranked` in each resample.

    Args:
        labels: (n,) of 0 and 1.
        scores: (n,) finite.
        clusters: patient of each row.
    """
    positive = check_binary(labels)
    values = check_scores(scores, positive.size)
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    codes, hits = clusters.codes[order], positive[order]

    def some(weights: Weights) -> Array:
        rows = np.take(weights, codes, axis=1)
        pos, neg = _at_each_score(rows * hits, starts), _at_each_score(rows * ~hits, starts)
        return _columns(pos, neg)

    def statistic(weights: Weights) -> Array:
        few = max(1, BLOCK_ELEMENTS // codes.size)
        return np.concatenate([some(weights[at : at + few]) for at in range(0, len(weights), few)])

    return statistic


def _at_each_score(rows: NDArray[np.float32], starts: NDArray[np.intp]) -> Array:
    held = rows if starts.size == rows.shape[1] else np.add.reduceat(rows, starts, axis=1)
    return held.astype(np.float64)


def _columns(pos: Array, neg: Array) -> Array:
    """From cases at each score, highest first, (b, g) of both classes."""
    tp, fp = np.cumsum(pos, axis=1), np.cumsum(neg, axis=1)
    p, n = tp[:, -1], fp[:, -1]
    both = (p > 0) & (n > 0)
    strips = neg * (tp - pos / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = [
            strips.sum(axis=1) / (p * n),
            (pos * np.divide(tp, tp + fp, out=np.zeros_like(tp), where=tp + fp > 0)).sum(axis=1) / p,
            _davis_goadrich(pos, neg, tp, fp) / p,
            _part(pos, neg, tp, fp, strips) / (p * n),
            _part_of_sensitivity(pos, neg) / (p * n),
        ]
    columns = [np.where(both if at != 1 else p > 0, column, np.nan) for at, column in enumerate(columns)]
    return np.concatenate([np.stack(columns, axis=1), _curves(tp, fp, both)], axis=1)


def _part(pos: Array, neg: Array, tp: Array, fp: Array, strips: Array) -> Array:
    """Area over the first `PARTIAL` of the negatives, times both class sizes."""
    end = PARTIAL * fp[:, -1]
    whole = fp <= end[:, None]
    at = np.minimum(whole.sum(axis=1), fp.shape[1] - 1)
    row = np.arange(len(fp))
    share = np.divide(
        end - (fp - neg)[row, at], neg[row, at], out=np.zeros(len(fp)), where=neg[row, at] > 0
    ).clip(0, 1)
    share = np.where(whole[row, at], 0.0, share)
    cut = share * neg[row, at] * ((tp - pos)[row, at] + share * pos[row, at] / 2)
    return np.asarray(np.where(whole, strips, 0).sum(axis=1) + cut)


def _part_of_sensitivity(pos: Array, neg: Array) -> Array:
    """The same from the other corner: specificity over the last `PARTIAL` of the positives."""
    pos, neg = neg[:, ::-1], pos[:, ::-1]
    tp, fp = np.cumsum(pos, axis=1), np.cumsum(neg, axis=1)
    return _part(pos, neg, tp, fp, neg * (tp - pos / 2))


def _davis_goadrich(pos: Array, neg: Array, tp: Array, fp: Array) -> Array:
    """Sum of trapezoids one positive case wide; between thresholds false positives grow in proportion."""
    area = np.zeros(len(pos))
    for step in range(int(pos.max(initial=0))):
        columns = np.flatnonzero((pos > step).any(axis=0))
        now, rate = pos[:, columns], neg[:, columns] / np.maximum(pos[:, columns], 1)
        hits = tp[:, columns] - now + step
        called = hits + fp[:, columns] - neg[:, columns] + rate * step
        start = np.divide(hits, called, out=1 / (1 + rate), where=called > 0)
        end = (hits + 1) / (called + 1 + rate)
        area += np.where(now > step, (start + end) / 2, 0).sum(axis=1)
    return area


def _curves(tp: Array, fp: Array, both: NDArray[np.bool_]) -> Array:
    """Sensitivity at fixed false alarms and precision at fixed sensitivities, (b, g + r)."""
    found = np.full((len(tp), FALSE_ALARMS.size + RECALLS.size), np.nan)
    for row in np.flatnonzero(both):
        hits, alarms = np.append(0, tp[row]), np.append(0, fp[row])
        p, n = hits[-1], alarms[-1]
        found[row, : FALSE_ALARMS.size] = _height(alarms, hits, FALSE_ALARMS * n) / p
        first = np.searchsorted(hits, RECALLS * p - 1e-9)
        found[row, FALSE_ALARMS.size :] = hits[first] / (hits[first] + alarms[first])
    return found


def _height(alarms: Array, hits: Array, at: Array) -> Array:
    """The polygon's upper end at each place."""
    last = np.searchsorted(alarms, at + 1e-9, side="right") - 1
    after = np.minimum(last + 1, alarms.size - 1)
    run = alarms[after] - alarms[last]
    share = np.divide(at - alarms[last], run, out=np.zeros_like(at), where=run > 0).clip(0, 1)
    return np.asarray(hits[last] + share * (hits[after] - hits[last]))
