"""Limits of agreement of two measurements of the same thing (Bland & Altman 1986, Lancet 327:307)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from thirdeye.errors import DataRefused
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_squarable


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Differences, first minus second.

    Args:
        bias: their mean.
        sd: their standard deviation (n - 1).
        low, high: bias -+ z sd; 1.96 for a level of 0.95 to two decimals.
        n: pairs.
    """

    bias: float
    sd: float
    low: float
    high: float
    n: int


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
    half = (two_sided_z(0.95) if z is None else z) * sd
    return LimitsOfAgreement(bias, sd, bias - half, bias + half, away.size)
