"""Fleiss' kappa: agreement beyond chance of several raters who each rated every subject."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.ratings import category_counts, check_counts


def fleiss_kappa_of_counts(counts: Any) -> float:
    """Fleiss' kappa (1971) of (n, k) counts; NaN where every rating is of one category (0/0).

    Raises:
        DataRefused: subjects with different numbers of ratings, for which it is not defined.
    """
    table = check_counts(counts)
    return float(_kappas(_sums(table), np.ones((1, len(table)), np.float32))[0, 0])


def fleiss_kappa(
    ratings: Any, *, k: int, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Metric:
    """Fleiss' kappa with a bootstrap interval over subjects.

    Args:
        ratings: (n, r) categories from 0 to `k` - 1, no gaps.
        k: number of categories.
        level: confidence level.
        n_resamples, seed: of the bootstrap.

    Raises:
        DataRefused: gaps; use `gwet_ac` or `krippendorff_alpha`.
    """
    table = category_counts(ratings, k)
    value = fleiss_kappa_of_counts(table)
    sums, n = _sums(table), len(table)
    draws = resample([lambda weights: _kappas(sums, weights)], n, n_resamples=n_resamples, seed=seed)[0][:, 0]
    raters = int(table[0].sum())
    return bootstrap_metric(
        "fleiss_kappa", value, draws, reason="every rating is of one category: 0/0", n=n, n_clusters=n,
        groups_of=n, level=level, convention=f"Fleiss 1971, {raters} raters, {k} categories",
        details={"n_raters": raters},
    )  # fmt: skip


def _sums(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of agreeing pairs and share of each category of every subject, (n, 1 + k)."""
    raters = table.sum(axis=1)
    if len(set(raters.tolist())) > 1:
        raise DataRefused(
            f"Fleiss' kappa needs equally many ratings of every subject, got {raters.min()} to "
            f"{raters.max()}; Gwet's AC and Krippendorff's alpha allow gaps"
        )
    agreed = (table * (table - 1)).sum(axis=1) / (raters * (raters - 1))
    return np.column_stack([agreed, table / raters[:, None]])


def _kappas(sums: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    means = (weights @ sums) / weights.sum(axis=1, keepdims=True)
    by_chance = (means[:, 1:] ** 2).sum(axis=1)
    room = 1 - by_chance
    blank = np.full(room.shape, np.nan)
    return np.divide(means[:, 0] - by_chance, room, out=blank, where=room > 1e-12)[:, None]
