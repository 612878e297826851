"""Survival curves by Kaplan and Meier, and the log-rank test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import chi2_upper_p
from thirdeye.evaluation.inputs import check_binary, check_length, check_names, check_scores

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SurvivalCurve:
    """A step function that falls at each time of an event.

    Args:
        times: (g,) distinct times at which someone had an event or was censored, ascending.
        survival: (g,) probability of no event up to and including that time.
        standard_error: (g,) Greenwood's.
        at_risk, events: (g,) numbers.
    """

    times: Array
    survival: Array
    standard_error: Array
    at_risk: Array
    events: Array

    def at(self, time: float) -> float:
        """Survival after everything that happened up to `time`; 1 before the first."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.survival[place]) if place >= 0 else 1.0

    def error_at(self, time: float) -> float:
        """Greenwood's standard error at `time`."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        return float(self.standard_error[place]) if place >= 0 else 0.0

    def before(self, times: Array) -> Array:
        """Survival just before each of `times`."""
        place = np.searchsorted(self.times, times, side="left") - 1
        return np.where(place >= 0, self.survival[np.maximum(place, 0)], 1.0)

    @property
    def median(self) -> float | None:
        """First time at which half or fewer are left; None where more than half are left at the end."""
        fallen = np.flatnonzero(self.survival <= 0.5)
        return float(self.times[fallen[0]]) if fallen.size else None


def check_survival(time: Any, event: Any) -> tuple[Array, NDArray[np.bool_]]:
    """Times and events, checked.

    Raises:
        UsageError: columns of unequal length.
        DataRefused: a time below 0 or not finite, or an event other than 0 and 1.
    """
    events = check_binary(event)
    times = check_scores(time, events.size, what="times")
    if (times < 0).any():
        at = int(np.flatnonzero(times < 0)[0])
        raise DataRefused(f"times: {times[at]} in row {at} lies before the start")
    return times, events


def kaplan_meier(time: Any, event: Any) -> SurvivalCurve:
    """The product-limit estimate (Kaplan & Meier 1958) with Greenwood's error.

    Args:
        time: (n,) of event or censoring, 0 or later; at equal times events come before censorings.
        event: (n,) of 0 (censored) and 1.
    """
    times, events = check_survival(time, event)
    distinct, died, at_risk = _table(times, events)
    return _product_limit(distinct, died, at_risk)


def censoring_curve(time: Any, event: Any) -> SurvivalCurve:
    """Probability of not being censored yet; those with an event at a time are not at risk of censoring then.

    Args:
        time, event: as `kaplan_meier`.
    """
    times, events = check_survival(time, event)
    distinct, died, at_risk = _table(times, events)
    _, censored, _ = _table(times, ~events)
    return _product_limit(distinct, censored, at_risk - died)


def _table(times: Array, events: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Distinct times, events at each, and how many are left just before it."""
    distinct, place = np.unique(times, return_inverse=True)
    died = np.bincount(place, events).astype(np.float64)
    left = np.bincount(place)
    at_risk = (times.size - np.concatenate([[0], np.cumsum(left)[:-1]])).astype(np.float64)
    return distinct, died, at_risk


def _product_limit(distinct: Array, died: Array, at_risk: Array) -> SurvivalCurve:
    survival = np.cumprod(1 - np.divide(died, at_risk, out=np.zeros_like(died), where=at_risk > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(at_risk > died, died / (at_risk * (at_risk - died)), 0.0)
    error = (survival * np.sqrt(np.cumsum(terms))).astype(np.float64)
    return SurvivalCurve(distinct, survival, error, at_risk, died)


@dataclass(frozen=True)
class LogRank:
    """The log-rank test of equal survival: chi-square, degrees of freedom, p."""

    chi2: float
    df: int
    p: float


def log_rank(time: Any, event: Any, group: Any) -> LogRank:
    """Mantel 1966, with the hypergeometric variance.

    Args:
        time, event: as `kaplan_meier`.
        group: (n,) names of two groups or more.

    Raises:
        UsageError: one group only, or no event.
    """
    times, events = check_survival(time, event)
    names = check_names("group", group)
    check_length("group", names, times.size)
    known, code = np.unique(names.astype(str), return_inverse=True)
    if known.size < 2 or not events.any():
        raise UsageError(
            f"a log-rank test needs two groups and an event, got {known.size} and {events.sum()}"
        )
    moments = np.unique(times[events])
    risk = np.array([[((times >= t) & (code == g)).sum() for g in range(known.size)] for t in moments])
    died = np.array(
        [[((times == t) & events & (code == g)).sum() for g in range(known.size)] for t in moments]
    )
    n, d = risk.sum(axis=1), died.sum(axis=1)
    share = risk / n[:, None]
    gap = (died - d[:, None] * share).sum(axis=0)[:-1]
    scale = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    spread = np.einsum("t,tg,gh->gh", scale, share, np.eye(known.size)) - np.einsum(
        "t,tg,th->gh", scale, share, share
    )
    inner = spread[:-1, :-1]
    chi2 = float(gap @ np.linalg.pinv(inner) @ gap)
    return LogRank(chi2, known.size - 1, chi2_upper_p(chi2, known.size - 1))
