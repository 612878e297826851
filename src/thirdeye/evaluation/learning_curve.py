"""Would more cases help? A measured learning curve, what it predicts, and when it predicts nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import check_level, normal_cdf
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.power_law import PowerLaws, fit_power_law

Array = NDArray[np.float64]

N_DRAWS = 2000
FEWEST_POINTS = 4
NARROWEST_SPAN = 3.0  # of the largest number of cases over the smallest
FURTHEST = 4.0  # times the largest measured number of cases: no prediction beyond
FURTHEST_NEED = 10.0  # likewise for the cases that a wanted value needs
TREND_LEVEL = 0.025  # one-sided
MISFIT_LEVEL = 0.01
SMALLEST_ERROR = 1e-4  # standard error below which a point counts as this precise
LOWEST_FLOOR = -0.1  # in resamples, so that an interval does not end where the estimate may not go
CI_METHOD = "parametric_bootstrap_of_the_power_law"


@dataclass(frozen=True)
class LearningPoint:
    """One point of a learning curve.

    Args:
        n: training cases (patients), above 0.
        value: an area under the curve reached with them, 0 to 1; more is better.
        standard_error: of `value`, 0 or more.
    """

    n: float
    value: float
    standard_error: float


@dataclass(frozen=True)
class LearningCurve:
    """A fitted curve.

    Args:
        points: measured, by number of cases.
        name: of the measure ("auc", "auc_macro").
        level: of the intervals.
        law: the fit, of `1 - value`.
        draws: fits to resampled points.
        trend_p: one-sided p value of a rise with the number of cases (normal test of the weighted slope on
            the logarithm of n).
        misfit_p: share of simulated curves that lie further from their fit than the measured one.
        refusal: why nothing can be predicted; None where it can.
    """

    points: tuple[LearningPoint, ...]
    name: str
    level: float
    law: PowerLaws
    draws: PowerLaws
    trend_p: float
    misfit_p: float
    refusal: str | None

    @property
    def largest(self) -> float:
        """The largest measured number of cases."""
        return self.points[-1].n

    def value_at(self, n: float) -> Metric:
        """The value that is expected with n training cases.

        The interval is that of the curve, as another sample of cases would draw it.

        Args:
            n: above 0; further than `FURTHEST` times the largest measured number nothing is predicted.
        """
        return self._predicted(self.name, n, 1 - self.law.error([n])[0, 0], 1 - self.draws.error([n])[:, 0])

    def gain(self, factor: float) -> Metric:
        """What `factor` times the cases would add, compared with the largest measured number."""
        ends = [self.largest, self.largest * factor]
        here, there = self.law.error(ends)[0]
        drawn = self.draws.error(ends)
        return self._predicted(f"{self.name}_gain", ends[1], here - there, drawn[:, 0] - drawn[:, 1])

    def cases_for(self, value: float) -> Metric:
        """Training cases at which `value` is expected.

        An upper limit without bound is infinite: some of the curves that agree with the points never get
        there.

        Args:
            value: wanted, above 0 and below 1.

        Returns:
            Undefined where the curve never gets there, or only beyond `FURTHEST_NEED` times the cases.
        """
        if not 0 < value < 1:
            raise UsageError(f"a value to reach lies between 0 and 1, got {value}")
        fields = self._fields("cases_needed") | {"details": {"wanted": value, "measure": self.name}}
        if self.refusal is not None:
            return undefined(reason=self.refusal, **fields)
        needed = float(self.law.cases_for(1 - value)[0])
        limit = FURTHEST_NEED * self.largest
        if needed > limit:
            reason = f"not expected within {FURTHEST_NEED:g} times the cases that were measured"
            return undefined(reason=reason, **fields)
        drawn = self.draws.cases_for(1 - value)
        low, high = np.quantile(drawn, self._tails, method="inverted_cdf")
        high = math.inf if high > limit else float(high)
        fewest = min(point.n for point in self.points)
        return Metric(
            value=max(needed, fewest), ci_low=max(min(float(low), limit), fewest), ci_high=max(high, fewest),
            ci_method=CI_METHOD, **fields,
        )  # fmt: skip

    def band(self, n: Sequence[float]) -> tuple[Array, Array, Array]:
        """The curve and its limits at m numbers of cases, for drawing: value, low, high, each (m,)."""
        low, high = np.quantile(1 - self.draws.error(n), self._tails, axis=0)
        return 1 - self.law.error(n)[0], low, high

    @cached_property
    def _tails(self) -> tuple[float, float]:
        return 0.5 - self.level / 2, 0.5 + self.level / 2

    def _fields(self, name: str) -> dict[str, Any]:
        return {
            "name": name, "n": int(self.largest), "level": self.level,
            "convention": "n: training patients with which the curve was measured",
        }  # fmt: skip

    def _predicted(self, name: str, n: float, value: float, drawn: Array) -> Metric:
        fields = self._fields(name) | {"details": {"at_patients": n}}
        if n > FURTHEST * self.largest * (1 + 1e-9):
            reason = f"{n:g} is more than {FURTHEST:g} times the {self.largest:g} that were measured"
            return undefined(reason=reason, **fields)
        if self.refusal is not None and n > self.largest:
            return undefined(reason=self.refusal, **fields)
        low, high = np.quantile(drawn, self._tails)
        return Metric(
            value=float(value), ci_low=float(min(low, value)), ci_high=float(max(high, value)),
            ci_method=CI_METHOD, **fields,
        )  # fmt: skip


def fit_learning_curve(
    points: Sequence[LearningPoint],
    *,
    covariance: Any = None,
    name: str = "auc",
    level: float = 0.95,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> LearningCurve:
    """Fit an inverse power law and resample the points for its intervals.

    Points measured on the same held-out cases rise and fall together; their `covariance` says how much of an
    error they share, which takes no part in the gain.

    Args:
        points: two or more different numbers of cases; predictions need `FEWEST_POINTS`.
        covariance: (S, S) of the points' values, in their order; None: independent.
        name: of the measure, for the metrics.
        level: of the intervals.
        n_draws: resamples.
        seed: of the resamples.

    Raises:
        UsageError: a value outside 0 to 1, a negative standard error, or a covariance of another shape.
    """
    order, ranked = _checked(points)
    spread = _covariance(ranked, covariance, order)
    n = np.array([point.n for point in ranked])
    errors = np.array([1 - point.value for point in ranked])
    weights = 1 / np.diag(spread)
    noise = np.random.default_rng(seed).standard_normal((n_draws, n.size)) @ _root(spread).T
    law = fit_power_law(n, errors, weights)
    draws = fit_power_law(n, np.maximum(errors + noise, LOWEST_FLOOR), weights, lowest_floor=LOWEST_FLOOR)
    simulated = fit_power_law(n, law.error(n) + noise, weights)
    misfit_p = float((simulated.misfit >= law.misfit[0]).mean())
    slope = _slope(n, weights)
    trend_p = normal_cdf(float(slope @ errors) / math.sqrt(float(slope @ spread @ slope)))
    refusal = _refusal(ranked, trend_p, misfit_p)
    return LearningCurve(ranked, name, check_level(level), law, draws, trend_p, misfit_p, refusal)


def _refusal(points: Sequence[LearningPoint], trend_p: float, misfit_p: float) -> str | None:
    sizes = {point.n for point in points}
    if len(sizes) < FEWEST_POINTS:
        return f"only {len(sizes)} numbers of cases were measured; a curve needs {FEWEST_POINTS}"
    if max(sizes) < NARROWEST_SPAN * min(sizes):
        return f"the numbers of cases, {min(sizes):g} to {max(sizes):g}, lie too close together"
    if trend_p > 1 - TREND_LEVEL:
        return "the measured value falls with more cases, as no learning curve should"
    if misfit_p < MISFIT_LEVEL:
        return "the measured points do not follow a learning curve"
    return None


def _slope(n: Array, weights: Array) -> Array:
    """(S,) contrast that gives the weighted least-squares slope on log n."""
    x = np.log(n)
    centred = weights * (x - weights @ x / weights.sum())
    contrast: Array = centred / (centred @ x)
    return contrast


def _checked(points: Sequence[LearningPoint]) -> tuple[NDArray[np.int64], tuple[LearningPoint, ...]]:
    for point in points:
        numbers = (point.n, point.value, point.standard_error)
        if not all(map(math.isfinite, numbers)) or not 0 <= point.value <= 1 or point.standard_error < 0:
            raise UsageError(
                f"a point of a learning curve has a value from 0 to 1 and a standard error, got {point}"
            )
    order = np.argsort([point.n for point in points], kind="stable")
    return order, tuple(points[int(at)] for at in order)


def _covariance(points: Sequence[LearningPoint], given: Any, order: NDArray[np.int64]) -> Array:
    floor = SMALLEST_ERROR**2
    if given is None:
        return np.diag([max(point.standard_error**2, floor) for point in points])
    table = np.asarray(given, dtype=np.float64)
    if table.shape != (len(points), len(points)) or not np.isfinite(table).all():
        raise UsageError(f"covariance: expected {len(points)} rows and columns, got {table.shape}")
    table = table[np.ix_(order, order)]
    return (table + table.T) / 2 + floor * np.eye(len(points))


def _root(covariance: Array) -> Array:
    """R with R R' = `covariance`; what rounding made negative is taken as 0."""
    values, vectors = np.linalg.eigh(covariance)
    root: Array = vectors * np.sqrt(np.maximum(values, 0))
    return root
