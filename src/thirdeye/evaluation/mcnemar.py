"""Paired yes-or-no results: McNemar's test and Tango's interval."""

from __future__ import annotations

import math
from typing import NamedTuple

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import binomial_half_cdf, chi2_upper_p, two_sided_z
from thirdeye.evaluation.scalars import check_count, check_number


class McNemar(NamedTuple):
    """McNemar's test of `b` against `c` discordant pairs; None where undefined (no discordant pair)."""

    chi2: float | None
    p: float | None
    chi2_cc: float | None
    p_cc: float | None
    p_exact: float
    p_midp: float


def mcnemar(b: int, c: int) -> McNemar:
    """McNemar's test without and with continuity correction, exact and mid-p (Fagerland 2013).

    Args:
        b, c: pairs in which only the first, only the second is right.

    Raises:
        UsageError: a negative count.
    """
    b, c = check_count("discordant pairs", b), check_count("discordant pairs", c)
    n = b + c
    if n == 0:
        return McNemar(None, None, None, None, 1.0, 1.0)
    plain, corrected = (b - c) ** 2 / n, (max(abs(b - c) - 1, 0)) ** 2 / n
    at_most = binomial_half_cdf(min(b, c), n)
    point = at_most - (binomial_half_cdf(min(b, c) - 1, n) if min(b, c) else 0.0)
    exact = min(2 * at_most, 1.0)
    midp = 1 - point / 2 if b == c else exact - point
    return McNemar(plain, chi2_upper_p(plain, 1), corrected, chi2_upper_p(corrected, 1), exact, midp)


def tango_z(b: int, c: int, n: int, difference: float) -> float:
    """Tango's score statistic (1998) for a paired difference of proportions of `difference`.

    Args:
        b, c: pairs in which only the first, only the second is right.
        n: all pairs.
        difference: hypothesised (b - c) / n, above -1 and below 1.
    """
    check_number("the hypothesised difference", difference, -1, 1)
    for count in (b, c, n - 1):
        check_number("pairs", count, 0, 1e15)
    linear = -b - c + (2 * n - b + c) * difference
    constant = -c * difference * (1 - difference)
    q = (math.sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    spread = n * (2 * q + difference * (1 - difference))
    gap = b - c - n * difference
    return gap / math.sqrt(spread) if spread > 0 else math.copysign(math.inf, gap) if gap else 0.0


def tango_interval(b: int, c: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Tango's score interval of (b - c) / n; defined without any discordant pair.

    Raises:
        UsageError: the discordant pairs are not among `n` pairs.
    """
    n = check_count("pairs", n, 1)
    b, c = check_count("discordant pairs", b), check_count("discordant pairs", c)
    if b + c > n:
        raise UsageError(f"expected b + c discordant pairs among n, got b = {b}, c = {c}, n = {n}")
    z = two_sided_z(level)
    value = (b - c) / n
    low = -1.0 if value <= -1 else _solve(b, c, n, z, -1.0, value)
    high = 1.0 if value >= 1 else _solve(b, c, n, -z, value, 1.0)
    return low, high


def _solve(b: int, c: int, n: int, target: float, low: float, high: float) -> float:
    for _ in range(200):  # the statistic falls as the difference rises
        middle = (low + high) / 2
        if tango_z(b, c, n, middle) > target:
            low = middle
        else:
            high = middle
    return (low + high) / 2
