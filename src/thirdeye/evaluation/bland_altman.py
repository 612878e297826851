"""Limits of agreement of two measurements of the same thing (Bland & Altman 1986, Lancet 327:307)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from thirdeye.errors import DataRefused
from thirdeye.evaluation.distributions import check_level, t_quantile, two_sided_z
from thirdeye.evaluation.inputs import check_squarable
from thirdeye.evaluation.proportion import Interval
from thirdeye.evaluation.scalars import check_number


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Differences, first minus second.

    Args:
        bias: their mean.
        sd: their standard deviation (n - 1).
        low, high: bias -+ z sd; 1.96 for a level of 0.95 to two decimals.
        n: pairs.
        z: multiple of the standard deviation between bias and limits.
    """

    bias: float
    sd: float
    low: float
    high: float
    n: int
    z: float = 1.96

    def bias_interval(self, *, level: float = 0.95) -> Interval:
        """Interval of the bias, t distribution."""
        return self._around(self.bias, 1.0, level)

    def low_interval(self, *, level: float = 0.95) -> Interval:
        """Interval of the lower limit: standard error sd sqrt(1 / n + z^2 / (2 (n - 1)))."""
        return self._around(self.low, self._spread, level)

    def high_interval(self, *, level: float = 0.95) -> Interval:
        """Interval of the upper limit."""
        return self._around(self.high, self._spread, level)

    @property
    def _spread(self) -> float:
        """Standard error of a limit over that of the bias (Bland & Altman 1999, SMMR 8:135)."""
        return math.sqrt(1 + self.z**2 * self.n / (2 * (self.n - 1)))

    def _around(self, value: float, spread: float, level: float) -> Interval:
        tail = 0.5 + check_level(level) / 2
        half = t_quantile(tail, self.n - 1) * self.sd / math.sqrt(self.n) * spread
        return Interval(value - half, value + half)


def limits_of_agreement(first: Any, second: Any, *, z: float | None = 1.96) -> LimitsOfAgreement:
    """Bias, its standard deviation, and the limits between which 95 % of the differences are expected.

    Args:
        first, second: (n,) finite, two or more pairs.
        z: multiple of the standard deviation; None takes the exact normal deviate of 95 %.

    Raises:
        DataRefused: fewer than two pairs.
    """
    one = check_squarable("first", first)
    away = one - check_squarable("second", second, one.size)
    if away.size < 2:
        raise DataRefused(f"limits of agreement need two pairs or more, got {away.size}")
    bias, sd = float(away.mean()), float(away.std(ddof=1))
    times = two_sided_z(0.95) if z is None else check_number("z", z, 0)
    return LimitsOfAgreement(bias, sd, bias - times * sd, bias + times * sd, away.size, times)
