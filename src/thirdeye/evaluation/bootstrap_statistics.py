"""Statistics whose resamples cost little: rows are summed or sorted once, resamples only count.

Each is a function of weights as `bootstrap.py` describes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, Weights
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.roc import count_scores


def sum_by_cluster(columns: NDArray[Any], clusters: Clusters) -> NDArray[Any]:
    """(n, q) rows summed in each cluster, (I, q)."""
    order = np.argsort(clusters.codes, kind="stable")
    starts = np.searchsorted(clusters.codes[order], np.arange(clusters.count))
    return np.add.reduceat(columns[order], starts, axis=0)


def totals_statistic(columns: NDArray[Any], clusters: Clusters) -> Statistic:
    """The column sums of (n, q) rows in each resample, (b, q)."""
    held = sum_by_cluster(columns, clusters).astype(np.float32)

    def statistic(weights: Weights) -> NDArray[np.float64]:
        return (weights @ held).astype(np.float64)

    return statistic


def auc_statistic(labels: Any, scores: Any, clusters: Clusters) -> Statistic:
    """The AUC of each resample, (b, 1): rows are sorted once, resamples only count."""
    positive, order, last = _sorted(labels, scores)
    codes, hits = clusters.codes[order], positive[order].astype(np.float32)

    def statistic(weights: Weights) -> NDArray[np.float64]:
        rows = np.take(weights, codes, axis=1)
        pos = _by_score(rows * hits, last)
        neg = _by_score(rows * (1 - hits), last)
        below = np.cumsum(neg, axis=1, dtype=np.float64) - neg / 2
        pairs = pos.sum(axis=1, dtype=np.float64) * neg.sum(axis=1, dtype=np.float64)
        concordant = np.einsum("ij,ij->i", pos, below)
        return np.divide(concordant, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)[:, None]

    return statistic


def average_precision_statistic(labels: Any, scores: Any, clusters: Clusters) -> Statistic:
    """The average precision of each resample, (b, 1)."""
    positive, order, last = _sorted(labels, scores)
    codes, hits = clusters.codes[order][::-1], positive[order][::-1].astype(np.float32)
    last = (order.size - 1 - np.append(-1, last[:-1]) - 1)[::-1]

    def statistic(weights: Weights) -> NDArray[np.float64]:
        rows = np.take(weights, codes, axis=1)
        pos = _by_score(rows * hits, last)
        called = np.cumsum(_by_score(rows, last), axis=1, dtype=np.float64)
        found = np.cumsum(pos, axis=1, dtype=np.float64)
        precision = np.divide(found, called, out=np.zeros_like(found), where=called > 0)
        total = found[:, -1]
        area = np.einsum("ij,ij->i", pos, precision)
        return np.divide(area, total, out=np.full(total.shape, np.nan), where=total > 0)[:, None]

    return statistic


def _sorted(labels: Any, scores: Any) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]]:
    counts = count_scores(labels, scores)
    last = np.cumsum(counts.positives + counts.negatives) - 1
    return np.asarray(labels) == 1, np.argsort(np.asarray(scores, dtype=np.float64)), last


def _by_score(rows: NDArray[np.float32], last: NDArray[np.intp]) -> NDArray[np.float32]:
    if last.size == rows.shape[1]:
        return rows
    return np.add.reduceat(rows, np.append(0, last[:-1] + 1), axis=1)
