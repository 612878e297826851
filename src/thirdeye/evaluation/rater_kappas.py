"""Further kappas of several raters: Conger's and Brennan and Prediger's, and the test of Fleiss' kappa.

They share the observed agreement and differ in what they expect by chance: Fleiss' from the categories of all
raters together, Conger's from those of each rater, Brennan and Prediger's from the number of categories.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.distributions import normal_two_sided_p
from thirdeye.evaluation.fleiss import fleiss_kappa_of_counts
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.ratings import category_counts, check_counts, check_ratings

Array = NDArray[np.float64]


def conger_kappa(
    ratings: Any, *, k: int, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Metric:
    """Conger's kappa (1980, Psychol Bull 88): the exact variant of Fleiss', Cohen's kappa for two raters.

    Args:
        ratings: (n, r) categories from 0 to `k` - 1, no gaps.
        k: number of categories.
        level: confidence level.
        n_resamples, seed: of the bootstrap over subjects.

    Raises:
        DataRefused: gaps; use `gwet_ac` or `krippendorff_alpha`.
    """
    table, counts = _complete(ratings, k)
    n, raters = table.shape
    chosen = (table[:, :, None] == np.arange(k)).reshape(n, raters * k)
    sums = np.column_stack([_agreed(counts), chosen]).astype(np.float64)

    def statistic(weights: Weights) -> Array:
        means = (weights @ sums) / weights.sum(axis=1, keepdims=True)
        shares = means[:, 1:].reshape(-1, raters, k)
        pairs = shares.sum(axis=1) ** 2 - (shares**2).sum(axis=1)
        return _beyond(means[:, 0], pairs.sum(axis=1) / (raters * (raters - 1)))[:, None]

    return _metric("conger_kappa", f"Conger 1980, {raters} raters", statistic, n, k, level, n_resamples, seed)


def brennan_prediger(
    ratings: Any, *, k: int, level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Metric:
    """Brennan and Prediger's kappa (1981): chance gives every category alike, 1 / `k`.

    Args:
        ratings, k, level, n_resamples, seed: as `conger_kappa`; two categories or more.
    """
    table, counts = _complete(ratings, k)
    agreed = _agreed(counts)

    def statistic(weights: Weights) -> Array:
        means = (weights @ agreed) / weights.sum(axis=1)
        return _beyond(means, np.full(means.shape, 1 / k))[:, None]

    text = f"Brennan & Prediger 1981, {table.shape[1]} raters"
    return _metric("brennan_prediger", text, statistic, len(table), k, level, n_resamples, seed)


@dataclass(frozen=True)
class FleissTest:
    """Fleiss' kappa against no agreement beyond chance.

    Args:
        kappa: of all categories; None where every rating is of one category (0/0).
        z, p: normal test that it is 0, two-sided; None where undefined.
        by_category: kappa of each category against all others; None for one that is never or always used.
    """

    kappa: float | None
    z: float | None
    p: float | None
    by_category: tuple[float | None, ...]


def fleiss_test(counts: Any) -> FleissTest:
    """Test of Fleiss' kappa with its variance under no agreement (Fleiss, Nee & Landis 1979), and its parts.

    Args:
        counts: (n, k) ratings of each subject in each category, equally many of every subject.

    Raises:
        DataRefused: subjects with different numbers of ratings.
    """
    table = check_counts(counts)
    kappa = fleiss_kappa_of_counts(table)
    n, raters = len(table), int(table[0].sum())
    share = table.sum(axis=0) / (n * raters)
    spread = share * (1 - share)
    apart = (table * (raters - table)).sum(axis=0)
    parts = tuple(
        1 - float(a) / (n * raters * (raters - 1) * float(s)) if s > 0 else None
        for a, s in zip(apart, spread, strict=True)
    )
    if math.isnan(kappa):
        return FleissTest(None, None, None, parts)
    total = float(spread.sum())
    inner = total**2 - float((spread * (1 - 2 * share)).sum())
    error = math.sqrt(2 * max(inner, 0.0)) / (total * math.sqrt(n * raters * (raters - 1)))
    z = kappa / error if error > 0 else None
    return FleissTest(kappa, z, None if z is None else normal_two_sided_p(z), parts)


def _complete(ratings: Any, k: int) -> tuple[Array, NDArray[np.int64]]:
    """Ratings without gaps, and their counts."""
    table = check_ratings(ratings)
    if np.isnan(table).any():
        raise DataRefused("ratings: a rating is missing; Gwet's AC and Krippendorff's alpha allow gaps")
    return table, check_counts(category_counts(table, k))


def _agreed(counts: NDArray[np.int64]) -> Array:
    """Share of agreeing pairs of raters in each subject, (n,)."""
    raters = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1)))


def _beyond(observed: Array, chance: Array) -> Array:
    blank = np.full(observed.shape, np.nan)
    return np.divide(observed - chance, 1 - chance, out=blank, where=1 - chance > 1e-12)


def _metric(
    name: str, convention: str, statistic: Any, n: int, k: int, level: float, n_resamples: int, seed: int
) -> Metric:
    value = float(statistic(np.ones((1, n), np.float32))[0, 0])
    draws = resample([statistic], n, n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        name, value, draws, reason="every rating is of one category: 0/0", n=n, n_clusters=n, groups_of=n,
        level=level, convention=f"{convention}, {k} categories",
    )  # fmt: skip
