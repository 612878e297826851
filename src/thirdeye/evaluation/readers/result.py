"""What an analysis of a reader study says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from thirdeye.evaluation.readers.components import Components, MeanSquares


@dataclass(frozen=True)
class Estimate:
    """A mean or a difference with its interval and test.

    Args:
        name: what it is of ("1", "1 - 2", "reader 3: 1 - 2").
        value: the estimate.
        standard_error: of it; NaN where it cannot be estimated.
        df: degrees of freedom of t; infinite for the normal distribution.
        low, high: limits of the interval, not clipped to 0 to 1.
        p: two-sided, of the hypothesis that it is 0; None for a mean.
    """

    name: str
    value: float
    standard_error: float
    df: float
    low: float
    high: float
    p: float | None = None

    @property
    def statistic(self) -> float:
        """Value over standard error."""
        return self.value / self.standard_error if self.standard_error > 0 else float("nan")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; NaN and infinity are null."""
        return {
            "name": self.name,
            "value": plain(self.value),
            "standard_error": plain(self.standard_error),
            "df": plain(self.df),
            "ci_low": plain(self.low),
            "ci_high": plain(self.high),
            "p": None if self.p is None else plain(self.p),
        }


@dataclass(frozen=True)
class GlobalTest:
    """Whether the tests differ at all.

    Args:
        statistic: F, or chi-square where `df_denominator` is infinite.
        df_numerator, df_denominator: degrees of freedom.
        p: probability of a larger statistic if the tests are equal.
        kind: "F" or "chi2".
    """

    statistic: float
    df_numerator: float
    df_denominator: float
    p: float
    kind: str


@dataclass(frozen=True)
class Analysis:
    """An analysis of a reader study.

    Args:
        method: in words, with what is random ("Obuchowski-Rockette; random readers, random cases").
        merit: figure of merit.
        covariance: how the covariance was estimated; "" with fixed cases.
        tests, readers: names.
        figures: (T, R) nested tuples.
        overall: the global test; None with one test.
        differences: of every pair of tests.
        means: of every test.
        reader_differences: of every pair of tests within each reader (fixed readers only).
        squares, components: what it was computed from; components None with fixed cases.
        conclusion: what the result extends to ("these readers, other cases").
        arrangement: who read what, in one sentence; "" where it is not known.
    """

    method: str
    merit: str
    covariance: str
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    figures: tuple[tuple[float, ...], ...]
    overall: GlobalTest | None
    differences: tuple[Estimate, ...]
    means: tuple[Estimate, ...]
    reader_differences: tuple[Estimate, ...]
    squares: MeanSquares
    components: Components | None
    conclusion: str
    arrangement: str = ""


def estimate(
    name: str, value: float, standard_error: float, df: float, *, level: float, tested: bool
) -> Estimate:
    """An estimate with its t (or, for infinite `df`, normal) interval."""
    if not standard_error > 0:
        p = (1.0 if value == 0 else float("nan")) if tested else None
        return Estimate(name, value, standard_error, df, float("nan"), float("nan"), p)
    quantile = (
        float(stats.t.ppf((1 + level) / 2, df)) if np.isfinite(df) else float(stats.norm.ppf((1 + level) / 2))
    )
    score = abs(value / standard_error)
    tail = float(stats.t.sf(score, df)) if np.isfinite(df) else float(stats.norm.sf(score))
    half = quantile * standard_error
    return Estimate(name, value, standard_error, df, value - half, value + half, 2 * tail if tested else None)


def plain(value: float) -> float | None:
    """The number; None for NaN and infinity."""
    return float(value) if np.isfinite(value) else None
