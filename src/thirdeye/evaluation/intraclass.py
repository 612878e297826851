"""Intraclass correlation: how much of the variation of measurements is that of the subjects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import LARGEST
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.ratings import Ratings, check_ratings

Form = Literal["1_1", "2_1", "3_1", "1_k", "2_k", "3_k"]
_MEANING = {
    "1": "one-way random: each subject has raters of its own",
    "2": "two-way random, absolute agreement: the raters stand for others",
    "3": "two-way mixed, consistency: these raters and no others",
}


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a table without gaps: between subjects, between raters, left over, within."""

    n: int
    k: int
    subjects: float
    raters: float
    left: float
    within: float


def icc(ratings: Any, *, form: Form = "2_1", level: float = 0.95) -> Metric:
    """ICC(form) of Shrout & Fleiss (1979) with its F interval (McGraw & Wong 1996); may be negative.

    Args:
        ratings: (n, k) measurements of n subjects by k raters, no gaps.
        form: "2_1" is ICC(2,1): one rater's reading, raters drawn from many; "3_1" is ICC(3,1): these raters,
            differences in level ignored; "_k" forms are of the mean of the k raters.
        level: confidence level.

    Raises:
        UsageError: an unknown form.
        DataRefused: gaps in the table.
    """
    if form not in ("1_1", "2_1", "3_1", "1_k", "2_k", "3_k"):
        raise UsageError(f"no ICC is called '{form}'; there are 1_1, 2_1, 3_1, 1_k, 2_k and 3_k")
    table = check_ratings(ratings)
    if np.isnan(table).any():
        raise DataRefused(
            "the ICC needs a rating of every subject by every rater; leave others out, and say so"
        )
    if (np.abs(table) > LARGEST).any():
        raise DataRefused(f"ratings: {np.abs(table).max():g} lies beyond {LARGEST:g}")
    name, n = f"icc_{form}", len(table)
    if n < 2:
        return undefined(name, "one subject has no variation between subjects", n=n)
    squares = _mean_squares(table)
    value, low, high = _icc(squares, form, check_level(level))
    if math.isnan(value):
        return undefined(name, "the ratings do not vary: 0/0", n=n)
    status: dict[str, Any] = {}
    if n < MIN_EVENTS:
        status = {"status": "unstable", "reason": f"rests on {n} subjects, fewer than {MIN_EVENTS}"}
    elif math.isnan(low) or math.isnan(high):
        status = {"status": "degenerate", "reason": "the raters agree entirely: no interval"}
    bounds: dict[str, Any] = {} if math.isnan(low + high) else {
        "ci_low": low, "ci_high": high, "ci_method": "f_mcgraw_wong_1996"
    }  # fmt: skip
    return Metric(
        name=name, value=value, n=n, n_clusters=n, level=level, **bounds, **status,
        convention=f"ICC({form.replace('_', ',')}), Shrout & Fleiss 1979; {_MEANING[form[0]]}",
        details={"n_raters": squares.k},
    )  # fmt: skip


def _mean_squares(table: Ratings) -> _Squares:
    n, k = table.shape
    grand = table.mean()
    by_subject, by_rater = table.mean(axis=1), table.mean(axis=0)
    subjects = k * float(((by_subject - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((by_rater - grand) ** 2).sum()) / (k - 1)
    within = float(((table - by_subject[:, None]) ** 2).sum()) / (n * (k - 1))
    rest = table - by_subject[:, None] - by_rater[None] + grand
    left = float((rest**2).sum()) / ((n - 1) * (k - 1))
    return _Squares(n, k, subjects, raters, left, within)


def _icc(s: _Squares, form: Form, level: float) -> tuple[float, float, float]:
    """Value and limits for one rating; of the mean of k ratings by Spearman and Brown, exact here."""
    one = {"1": _one_way, "2": _agreement, "3": _consistency}[form[0]](s, level)
    if form.endswith("_1"):
        return one
    low_value, low, high = (s.k * x / (1 + (s.k - 1) * x) if x > -1 / (s.k - 1) else math.nan for x in one)
    return low_value, low, high


def _one_way(s: _Squares, level: float) -> tuple[float, float, float]:
    return _by_f(s.subjects, s.within, s.n - 1, s.n * (s.k - 1), s.k, level)


def _consistency(s: _Squares, level: float) -> tuple[float, float, float]:
    return _by_f(s.subjects, s.left, s.n - 1, (s.n - 1) * (s.k - 1), s.k, level)


def _by_f(
    between: float, within: float, df1: float, df2: float, k: int, level: float
) -> tuple[float, float, float]:
    total = between + (k - 1) * within
    if total <= 0:
        return math.nan, math.nan, math.nan
    value = (between - within) / total
    if within <= 0:
        return value, math.nan, math.nan
    ratio = between / within
    low = ratio / _f(1 - (1 - level) / 2, df1, df2)
    high = ratio * _f(1 - (1 - level) / 2, df2, df1)
    return value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement(s: _Squares, level: float) -> tuple[float, float, float]:
    """ICC(A,1) of McGraw & Wong; its interval by Satterthwaite's degrees of freedom."""
    n, k = s.n, s.k
    total = s.subjects + (k - 1) * s.left + k * (s.raters - s.left) / n
    if total <= 0:
        return math.nan, math.nan, math.nan
    value = (s.subjects - s.left) / total
    if s.left <= 0 or value >= 1:
        return value, math.nan, math.nan
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    v = (a * s.raters + b * s.left) ** 2 / (
        (a * s.raters) ** 2 / (k - 1) + (b * s.left) ** 2 / ((n - 1) * (k - 1))
    )
    upper, lower = _f(1 - (1 - level) / 2, n - 1, v), _f(1 - (1 - level) / 2, v, n - 1)
    rest = k * s.raters + (k * n - k - n) * s.left
    low = n * (s.subjects - upper * s.left) / (upper * rest + n * s.subjects)
    high = n * (lower * s.subjects - s.left) / (rest + n * lower * s.subjects)
    return value, low, high


def _f(probability: float, df1: float, df2: float) -> float:
    from scipy.special import fdtri

    return float(fdtri(df1, df2, probability))
