"""Figures of merit: what a reader's ratings of a set of cases are worth, as one number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.partial_auc import partial_auc
from thirdeye.evaluation.scalars import check_number

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class Merit:
    """A figure of merit.

    Args:
        name: stable name, as in the result ("auc", "sensitivity").
        value: ratings (n,) and truth (n,) to the figure; NaN where undefined.
        leave_one_out: the same to the figure without each case in turn, (n,).
        counts: truth (n,) to the cases that it rests on; the others leave it as it is, so that a jackknife
            goes over these alone.
        is_auc: a mean over pairs of a diseased and a healthy case, for which DeLong's and the unbiased
            covariance exist.
    """

    name: str
    value: Callable[[Array, Truth], float]
    leave_one_out: Callable[[Array, Truth], Array]
    counts: Callable[[Truth], NDArray[np.bool_]]
    is_auc: bool = False


def pairs_won(ratings: Array, truth: Truth) -> Array:
    """(m, n): 1 where a diseased case is rated above a healthy one, 1/2 where alike.

    Args:
        ratings: (m + n,); minus infinity is the lowest rating, and equal to itself.
        truth: (m + n,).
    """
    above, below = ratings[truth][:, None], ratings[~truth][None, :]
    return (above > below) + 0.5 * (above == below)


def _auc(ratings: Array, truth: Truth) -> float:
    won = pairs_won(ratings, truth)
    return float(won.mean()) if won.size else float("nan")


def _auc_without_each(ratings: Array, truth: Truth) -> Array:
    won = pairs_won(ratings, truth)
    m, n = won.shape
    total = won.sum()
    left = np.empty(truth.size)
    with np.errstate(invalid="ignore", divide="ignore"):
        left[truth] = (total - won.sum(axis=1)) / ((m - 1) * n)
        left[~truth] = (total - won.sum(axis=0)) / (m * (n - 1))
    return left


AUC = Merit("auc", _auc, _auc_without_each, lambda truth: np.ones(truth.size, bool), is_auc=True)


def sensitivity_at(threshold: float) -> Merit:
    """Share of diseased cases rated at or above `threshold`."""
    return _share("sensitivity", lambda ratings: ratings >= threshold, lambda truth: truth)


def specificity_at(threshold: float) -> Merit:
    """Share of healthy cases rated below `threshold`."""
    return _share("specificity", lambda ratings: ratings < threshold, lambda truth: ~truth)


def youden_at(threshold: float) -> Merit:
    """Sensitivity plus specificity minus 1, a case counting as positive from `threshold` on."""

    def value(ratings: Array, truth: Truth) -> float:
        called = ratings >= threshold
        if truth.all() or not truth.any():
            return float("nan")
        return float(called[truth].mean() - called[~truth].mean())

    return Merit("youden", value, recomputed(value), lambda truth: np.ones(truth.size, bool))


def accuracy_at(threshold: float) -> Merit:
    """Share of cases called rightly; holds for this mix of cases only."""

    def value(ratings: Array, truth: Truth) -> float:
        return float(((ratings >= threshold) == truth).mean()) if truth.size else float("nan")

    return Merit("accuracy", value, recomputed(value), lambda truth: np.ones(truth.size, bool))


def partial_auc_from(specificity: float) -> Merit:
    """Area under the empirical ROC above `specificity`, divided by the width of that range."""
    check_number("the specificity", specificity, 0, 1)

    def value(ratings: Array, truth: Truth) -> float:
        if truth.all() or not truth.any() or specificity >= 1:
            return float("nan")
        area = partial_auc(truth.astype(int), ratings, focus="specificity", low=specificity, high=1.0)
        return area.value / (1 - specificity)

    return Merit("partial_auc", value, recomputed(value), lambda truth: np.ones(truth.size, bool))


_AT_THRESHOLD = {
    "sensitivity": sensitivity_at,
    "specificity": specificity_at,
    "youden": youden_at,
    "accuracy": accuracy_at,
}
MERITS = ("auc", "partial_auc", *_AT_THRESHOLD)


def merit_called(
    name: str, threshold: float | None = None, *, specificity_from: float | None = None
) -> Merit:
    """The figure of merit called `name`.

    Args:
        name: one of `MERITS`.
        threshold: rating from which a case counts as positive; needed by all but the AUCs.
        specificity_from: lower end of the range of "partial_auc", 0.8 where None.

    Raises:
        UsageError: an unknown name, or no threshold.
    """
    if name == "auc":
        return AUC
    if name == "partial_auc":
        return partial_auc_from(0.8 if specificity_from is None else specificity_from)
    if name not in _AT_THRESHOLD:
        raise UsageError(f"no figure of merit is called '{name}'; choose {', '.join(MERITS)}")
    if threshold is None:
        raise UsageError(f"{name} needs a threshold: the rating from which a case counts as positive")
    return _AT_THRESHOLD[name](check_number("the threshold", threshold))


def recomputed(value: Callable[[Array, Truth], float]) -> Callable[[Array, Truth], Array]:
    """Leave-one-out values by computing `value` once for each case."""

    def without_each(ratings: Array, truth: Truth) -> Array:
        kept = ~np.eye(truth.size, dtype=bool)
        return np.array([value(ratings[row], truth[row]) for row in kept])

    return without_each


def _share(
    name: str, right: Callable[[Array], NDArray[np.bool_]], counts: Callable[[Truth], NDArray[np.bool_]]
) -> Merit:
    def value(ratings: Array, truth: Truth) -> float:
        among = right(ratings)[counts(truth)]
        return float(among.mean()) if among.size else float("nan")

    def without_each(ratings: Array, truth: Truth) -> Array:
        counted = counts(truth)
        won, size = right(ratings).astype(np.float64), int(counted.sum())
        left = np.full(truth.size, value(ratings, truth))
        if size > 1:
            left[counted] = (won[counted].sum() - won[counted]) / (size - 1)
        else:
            left[counted] = np.nan
        return left

    return Merit(name, value, without_each, counts)
