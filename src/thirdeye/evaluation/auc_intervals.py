"""Other intervals of an AUC beside DeLong's: Hanley and McNeil's, and the bias-corrected bootstrap (BCa)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc_of_counts, hanley_mcneil_variance
from thirdeye.evaluation.bootstrap import bca_interval, percentile_interval
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.roc import count_scores, placements

Array = NDArray[np.float64]


def auc_without_each(truth: NDArray[np.bool_], scores: Array, groups: Clusters) -> Array:
    """The AUC without each patient in turn, (I,), without sorting again; NaN where a class would be absent.

    Args:
        truth: (n,) labels, both present.
        scores: (n,) finite.
        groups: patient of each row.
    """
    placed, codes, count = placements(truth, scores), groups.codes, groups.count
    m, n = float(truth.sum()), float((~truth).sum())
    pairs = placed.values * np.where(truth, n, m)  # pairs of each row that are ordered rightly
    taken = np.bincount(codes, pairs, count)
    m_of, n_of = np.bincount(codes, truth, count), np.bincount(codes, ~truth, count)
    for one in np.flatnonzero((m_of > 0) & (n_of > 0)):  # pairs inside a patient were taken twice
        rows = codes == one
        inside = auc_of_counts(count_scores(truth[rows], scores[rows]))
        taken[one] -= inside * m_of[one] * n_of[one]
    left = (m - m_of) * (n - n_of)
    return np.divide(placed.auc * m * n - taken, left, out=np.full(count, np.nan), where=left > 0)


def with_other_intervals(
    metric: Metric, truth: NDArray[np.bool_], scores: Array, draws: Array, groups: Clusters
) -> Metric:
    """The AUC with further intervals in its details, where it has one at all.

    Args:
        metric: from `auc`.
        truth, scores: (n,) that it was computed on.
        draws: (B,) resampled AUCs; NaN where a class was absent.
        groups: patient of each row.
    """
    usable = draws[~np.isnan(draws)]
    if metric.value is None or metric.ci_method is None or not 0 < metric.value < 1 or usable.size < 2:
        return metric
    spread = hanley_mcneil_variance(metric.value, metric.n_pos or 0, metric.n_neg or 0) ** 0.5
    half = two_sided_z(metric.level) * spread
    extra: dict[str, Any] = {
        "standard_error_hanley_mcneil": spread,
        "ci_low_hanley_mcneil": max(metric.value - half, 0.0),
        "ci_high_hanley_mcneil": min(metric.value + half, 1.0),
    }
    extra |= _pair("bootstrap_percentile", percentile_interval(usable, level=metric.level))
    left = auc_without_each(truth, scores, groups)
    if not np.isnan(left).any():
        extra |= _pair("bootstrap_bca", bca_interval(usable, metric.value, left, level=metric.level))
    return metric.with_(details={**metric.details, **extra, "n_resamples": draws.size})


def _pair(name: str, limits: tuple[float, float] | None) -> dict[str, float | None]:
    low, high = limits if limits is not None else (None, None)
    return {f"ci_low_{name}": low, f"ci_high_{name}": high}
