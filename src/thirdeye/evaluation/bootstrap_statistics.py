"""Statistics whose resamples cost little: rows are summed or sorted once, resamples only count.

Each is a function of weights as `bootstrap.py` describes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, Weights
from thirdeye.evaluation.inputs import Clusters, check_binary, check_scores

IN_CACHE = 16  # resamples


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
    """The AUC of each resample, (b, 1): rows are sorted once, resamples only count.

    The weights of the smaller class are summed up along the scores; the other class reads off how much of it
    lies below and above. A few resamples at a time stay in the processor's cache.
    """
    positive = check_binary(labels)
    values = check_scores(scores, positive.size)
    fewer_positive = int(positive.sum()) * 2 <= positive.size
    few = np.flatnonzero(positive == fewer_positive)
    few = few[np.argsort(values[few])]
    many = np.flatnonzero(positive != fewer_positive)
    many = many[np.argsort(values[many])]
    below = np.searchsorted(values[few], values[many])
    up_to = np.searchsorted(values[few], values[many], side="right")
    few_codes, many_codes = clusters.codes[few], clusters.codes[many]

    def some(weights: Weights) -> NDArray[np.float64]:
        summed = np.zeros((len(weights), few.size + 1), dtype=np.float64)
        np.cumsum(np.take(weights, few_codes, axis=1), axis=1, out=summed[:, 1:])
        others = np.take(weights, many_codes, axis=1)
        twice = np.take(summed, below, axis=1)
        twice += np.take(summed, up_to, axis=1)
        pairs = summed[:, -1] * others.sum(axis=1, dtype=np.float64)
        lower = np.einsum("ij,ij->i", others, twice) / 2
        share = np.divide(lower, pairs, out=np.full(pairs.shape, np.nan), where=pairs > 0)
        return 1 - share if fewer_positive else share

    def statistic(weights: Weights) -> NDArray[np.float64]:
        starts = range(0, len(weights), IN_CACHE)
        return np.concatenate([some(weights[start : start + IN_CACHE]) for start in starts])[:, None]

    return statistic
