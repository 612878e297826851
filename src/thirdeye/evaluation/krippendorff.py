"""Krippendorff's alpha: agreement of any number of raters, with gaps, on a stated scale."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Statistic, Weights, bootstrap_metric, resample
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.ratings import Ratings, check_ratings

Scale = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha_of(ratings: Any, scale: Scale = "nominal") -> float:
    """Alpha of (n, r) ratings, NaN where a rater did not rate (Krippendorff 2011, coincidence matrix).

    NaN where no subject has two ratings, or all ratings are equal (0/0).

    Raises:
        UsageError: an unknown scale.
    """
    pairable = _pairable(check_ratings(ratings))
    if not len(pairable):
        return float("nan")
    return float(_statistic(pairable, scale)(np.ones((1, len(pairable)), np.float32))[0, 0])


def krippendorff_alpha(
    ratings: Any,
    *,
    scale: Scale = "nominal",
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> Metric:
    """Alpha with a bootstrap interval over subjects.

    Args:
        ratings: (n, r) numbers, NaN where a rater did not rate.
        scale: "nominal", "ordinal" (the order of the numbers counts) or "interval" (their distance).
        level: confidence level.
        n_resamples, seed: of the bootstrap.

    Raises:
        UsageError: an unknown scale.
    """
    table = check_ratings(ratings)
    pairable = _pairable(table)
    value = krippendorff_alpha_of(table, scale)
    n = len(pairable)
    statistic = _statistic(pairable, scale) if n else (lambda weights: np.full((len(weights), 1), np.nan))
    draws = resample([statistic], max(n, 1), n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        f"krippendorff_alpha_{scale}", value, draws,
        reason="no two ratings differ, or none can be compared: 0/0", n=n, n_clusters=n, groups_of=n,
        level=level, n_excluded={"fewer than two ratings": len(table) - n},
        convention=f"Krippendorff 2011, {scale} scale, {table.shape[1]} raters",
        details={"n_raters": table.shape[1]},
    )  # fmt: skip


def _pairable(table: Ratings) -> Ratings:
    """Subjects with two ratings or more."""
    return table[(~np.isnan(table)).sum(axis=1) >= 2]


def _statistic(table: Ratings, scale: Scale) -> Statistic:
    if scale == "interval":
        return _interval(table)
    if scale not in ("nominal", "ordinal", "ratio"):
        raise UsageError(f"no scale is called '{scale}'; there are nominal, ordinal, interval and ratio")
    values = np.unique(table[~np.isnan(table)])
    if scale == "ratio" and values[0] < 0:
        raise DataRefused(f"a ratio scale starts at 0, got a rating of {values[0]:g}")
    counts = np.stack([(table == value).sum(axis=1) for value in values], axis=1).astype(np.float64)  # (n, k)
    raters = counts.sum(axis=1)
    k = len(values)
    both = counts[:, :, None] * counts[:, None, :]
    both[:, range(k), range(k)] -= counts
    coincidences = (both / (raters - 1)[:, None, None]).reshape(len(table), k * k).astype(np.float64)

    def statistic(weights: Weights) -> NDArray[np.float64]:
        seen = (weights.astype(np.float64) @ coincidences).reshape(-1, k, k)
        marginal = seen.sum(axis=2)  # (b, k)
        apart = _apart(marginal, values, scale)
        total = marginal.sum(axis=1)
        observed = (seen * apart).sum(axis=(1, 2))
        expected = np.einsum("bi,bj,bij->b", marginal, marginal, apart) / np.maximum(total - 1, 1e-12)
        return _alpha(observed, expected)

    return statistic


def _apart(marginal: NDArray[np.float64], values: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """Squared distance of every two categories, (b, k, k); ordinal: by how often each is used."""
    b, k = marginal.shape
    if scale == "ratio":
        total = np.add.outer(values, values)
        gaps = np.subtract.outer(values, values)
        share = np.divide(gaps, total, out=np.zeros_like(total), where=total > 0)
        return np.broadcast_to(share**2, (b, k, k))
    if scale == "nominal":
        return np.broadcast_to(1 - np.eye(k), (b, k, k))
    upto = np.cumsum(marginal, axis=1) - marginal / 2  # ranks of the categories' middles
    return np.asarray((upto[:, :, None] - upto[:, None, :]) ** 2)


def _interval(table: Ratings) -> Statistic:
    """By sums of values and of squares, so that the number of different values does not matter."""
    known = ~np.isnan(table)
    centred = np.where(known, table - np.nanmean(table), 0.0)
    centred /= np.abs(centred).max() or 1.0  # alpha has no unit; 0/0 is then told from small numbers
    m, first, second = known.sum(axis=1), centred.sum(axis=1), (centred**2).sum(axis=1)
    within = 2 * (m * second - first**2) / (m - 1)
    sums = np.column_stack([within, m, first, second])

    def statistic(weights: Weights) -> NDArray[np.float64]:
        observed, total, one, two = (weights.astype(np.float64) @ sums).T
        expected = 2 * (total * two - one**2) / np.maximum(total - 1, 1e-12)
        return _alpha(observed, expected)

    return statistic


def _alpha(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    blank = np.full(expected.shape, np.nan)
    return 1 - np.divide(observed, expected, out=blank, where=expected > 1e-12)[:, None]
