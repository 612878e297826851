"""How the figures of merit of readers and tests vary together over samples of cases."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.merit import Merit, pairs_won
from thirdeye.evaluation.readers.readings import Readings

Method = Literal["jackknife", "delong", "unbiased"]
Array = NDArray[np.float64]


def figures(readings: Readings, merit: Merit) -> Array:
    """(T, R): the figure of merit of each reader with each test.

    Raises:
        DataRefused: some reader has no defined figure with some test; the message names them.
    """
    found = np.full(readings.ratings.shape[:2], np.nan)
    for test, reader in np.ndindex(*found.shape):
        ratings = readings.ratings[test, reader]
        read = ~np.isnan(ratings)
        found[test, reader] = merit.value(ratings[read], readings.truth[read])
    missing = np.argwhere(np.isnan(found))
    if missing.size:
        test, reader = missing[0]
        raise DataRefused(
            f"reader '{readings.readers[reader]}' read no diseased or no healthy case with test "
            f"'{readings.tests[test]}', so {merit.name} is undefined there"
        )
    return found


def covariance(readings: Readings, merit: Merit, method: Method) -> Array:
    """Covariance of the T x R figures over samples of cases.

    Args:
        readings: complete, or with cases nested in readers or tests.
        merit: figure of merit.
        method: "jackknife" leaves out one case after the other, (n - 1) / n times the sum of squares about
            the mean; "delong" (DeLong et al. 1988) needs complete readings and an AUC; "unbiased" (the
            U-statistic of Gallas 2006) needs an AUC.

    Returns:
        (T * R, T * R), tests varying slowest.

    Raises:
        UsageError: the method does not fit the figure of merit.
        DataRefused: the method does not fit the design.
    """
    if method not in get_args(Method):
        raise UsageError(f"no covariance is called '{method}'; choose {', '.join(get_args(Method))}")
    if method == "jackknife":
        return _jackknife(readings, merit)
    if not merit.is_auc:
        raise UsageError(f"the {method} covariance is for the AUC; use jackknife for {merit.name}")
    if method == "delong":
        return _delong(readings)
    return _unbiased(readings)


def pseudovalues(readings: Readings, merit: Merit) -> Array:
    """(T, R, n): n times the figure minus (n - 1) times that without a case (Dorfman et al. 1992).

    Args:
        readings: complete.
        merit: figure of merit; n are the cases that it rests on.

    Raises:
        DataRefused: a reader did not read some case.
    """
    _refuse_incomplete(readings, "pseudovalues")
    counted = merit.counts(readings.truth)
    left = _left_out(readings, merit)[:, :, counted]
    return normalised_pseudovalues(figures(readings, merit), left)


def normalised_pseudovalues(table: Array, left: Array) -> Array:
    """Pseudovalues moved so that each mean is the figure itself (Hillis et al. 2005, Stat Med 24).

    For an AUC or a share they are so already; a partial AUC is not linear in the cases.

    Args:
        table: (T, R) figures.
        left: (T, R, n) the same without each case.
    """
    n = left.shape[2]
    moved: Array = table[:, :, None] - (n - 1) * (left - left.mean(axis=2, keepdims=True))
    return moved


def _left_out(readings: Readings, merit: Merit) -> Array:
    """(T, R, C): the figure without each case; unchanged where the reader did not read it."""
    whole = figures(readings, merit)
    left = np.repeat(whole[:, :, None], len(readings.cases), axis=2)
    for test, reader in np.ndindex(*whole.shape):
        read = readings.read[test, reader]
        left[test, reader, read] = merit.leave_one_out(
            readings.ratings[test, reader, read], readings.truth[read]
        )
    if np.isnan(left).any():
        test, reader, case = np.argwhere(np.isnan(left))[0]
        raise DataRefused(
            f"without case '{readings.cases[case]}' the {merit.name} of reader '{readings.readers[reader]}' "
            f"with test '{readings.tests[test]}' is undefined; two diseased and two healthy cases are needed"
        )
    return left


def _jackknife(readings: Readings, merit: Merit) -> Array:
    left = _left_out(readings, merit)[:, :, merit.counts(readings.truth)]
    n = left.shape[2]
    about = left.reshape(-1, n)
    about = about - about.mean(axis=1, keepdims=True)
    spread: Array = (n - 1) / n * (about @ about.T)
    return spread


def _delong(readings: Readings) -> Array:
    _refuse_incomplete(readings, "DeLong's covariance")
    won = _won(readings)  # (cells, m, n)
    m, n = won.shape[1:]
    diseased, healthy = won.mean(axis=2), won.mean(axis=1)
    spread: Array = np.atleast_2d(np.cov(diseased)) / m + np.atleast_2d(np.cov(healthy)) / n
    return spread


def _unbiased(readings: Readings) -> Array:
    """A_a A_b minus the mean product over pairs that share no case, which estimates E[A_a] E[A_b]."""
    won = np.nan_to_num(_won(readings))  # 0 where a case was not read
    read = readings.read.reshape(won.shape[0], -1)
    diseased = read[:, readings.truth].astype(np.float64)
    healthy = read[:, ~readings.truth].astype(np.float64)
    flat = won.reshape(won.shape[0], -1)
    both = flat @ flat.T
    by_diseased, by_healthy = won.sum(axis=2), won.sum(axis=1)
    total = flat.sum(axis=1)
    disjoint = np.outer(total, total) - by_diseased @ by_diseased.T - by_healthy @ by_healthy.T + both
    m, n = diseased.sum(axis=1), healthy.sum(axis=1)
    shared_m, shared_n = diseased @ diseased.T, healthy @ healthy.T
    pairs = (np.outer(m, m) - shared_m) * (np.outer(n, n) - shared_n)
    if (pairs <= 0).any():
        raise DataRefused("the unbiased covariance needs two diseased and two healthy cases for every reader")
    area = total / (m * n)
    spread: Array = np.outer(area, area) - disjoint / pairs
    return spread


def _won(readings: Readings) -> Array:
    """(T * R, m, n): 1, 1/2 or 0 for each pair of a diseased and a healthy case; NaN where not read."""
    cells = readings.ratings.reshape(-1, len(readings.cases))
    won = np.array([pairs_won(ratings, readings.truth) for ratings in cells], dtype=np.float64)
    unread = np.isnan(cells)
    won[unread[:, readings.truth]] = np.nan
    won.transpose(0, 2, 1)[unread[:, ~readings.truth]] = np.nan
    return won


def _refuse_incomplete(readings: Readings, what: str) -> None:
    if not readings.is_complete:
        missing = int((~readings.read).sum())
        raise DataRefused(
            f"{what}: every reader must have read every case with every test, but {missing:,} readings are "
            "missing; use the jackknife or the unbiased covariance"
        )
