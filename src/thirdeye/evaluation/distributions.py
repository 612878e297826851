"""The few distribution functions the measures need, from scipy.special (loaded on first use).

`scipy.stats` would cost half a second of import for the same numbers.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from thirdeye.errors import UsageError


def check_level(level: float) -> float:
    """The confidence level itself.

    Raises:
        UsageError: it is not between 0 and 1.
    """
    try:
        within = bool(0.0 < level < 1.0)
    except (TypeError, ValueError):
        within = False
    if not within:
        raise UsageError(f"the confidence level must lie between 0 and 1, got {level!r}; for 95 % pass 0.95")
    return level


def normal_quantile(probability: float) -> float:
    """z with P(Z <= z) = `probability`."""
    return NormalDist().inv_cdf(probability)


def two_sided_z(level: float) -> float:
    """The normal deviate of a two-sided interval (1.96 for 0.95)."""
    return normal_quantile(0.5 + check_level(level) / 2)


def normal_cdf(z: float) -> float:
    """P(Z <= z)."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def normal_two_sided_p(z: float) -> float:
    """P(abs(Z) >= abs(z))."""
    return math.erfc(abs(z) / math.sqrt(2))


def t_two_sided_p(t: float, df: float) -> float:
    """P(abs(T) >= abs(t)) with `df` degrees of freedom, which need not be whole."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def t_quantile(probability: float, df: float) -> float:
    """t with P(T <= t) = `probability`; the normal quantile with infinite `df`."""
    from scipy.special import stdtrit

    return float(stdtrit(df, probability)) if df < 1e9 else normal_quantile(probability)


def chi2_upper_p(statistic: float, df: float) -> float:
    """P(X >= `statistic`) of a chi-square variable."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """Quantile of the beta distribution with shapes `a`, `b` above 0."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, probability))


def binomial_half_cdf(successes: int, n: int) -> float:
    """P(X <= `successes`) for n tosses of a fair coin."""
    from scipy.special import bdtr

    return float(bdtr(successes, n, 0.5))
