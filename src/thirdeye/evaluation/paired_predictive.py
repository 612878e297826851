"""Two binary tests on the same cases: predictive values and likelihood ratios compared.

Predictive values rest on those cases alone that a test called positive (negative), so that McNemar's test
does not apply to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.confusion import ratio
from thirdeye.evaluation.distributions import chi2_upper_p, normal_two_sided_p, two_sided_z
from thirdeye.evaluation.inputs import check_binary, check_length

_NOISE = 1e-12


@dataclass(frozen=True)
class PairedTables:
    """Cases by what two tests said, index 1 for positive.

    Args:
        diseased, healthy: (2, 2) counts, first test by second test.
    """

    diseased: NDArray[np.float64]
    healthy: NDArray[np.float64]


@dataclass(frozen=True)
class ScoreTest:
    """A comparison of two predictive values.

    Args:
        first, second: the predictive values.
        statistic: chi-square with one degree of freedom; NaN where undefined.
        p: its upper tail; NaN where undefined.
    """

    first: float
    second: float
    statistic: float
    p: float


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval on the log scale.

    Args:
        first, second: the two measures.
        ratio: of them, which way round says the function.
        log_error: standard error of its logarithm.
        low, high: limits.
        z, p: test that it is 1.
    """

    first: float
    second: float
    ratio: float
    log_error: float
    low: float
    high: float
    z: float
    p: float


def paired_tables(truth: Any, first: Any, second: Any) -> PairedTables:
    """Counts from (n,) columns of 0 and 1."""
    sick, one, two = (check_binary(column) for column in (truth, first, second))
    for name, column in (("first", one), ("second", two)):
        check_length(name, column, sick.size)

    def counted(rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(2 * one[rows] + two[rows], minlength=4).reshape(2, 2).astype(np.float64)

    return PairedTables(counted(sick), counted(~sick))


def weighted_score_test(tables: PairedTables, *, positive: bool) -> ScoreTest:
    """Weighted generalised score test of two PPV (`positive`) or NPV (Kosinski 2013, Stat Med 32)."""
    right, wrong, sizes = _called(tables, positive)
    values = _values(right, wrong)
    if not min(sizes):
        return ScoreTest(*values, math.nan, math.nan)
    pooled = sum(right) / sum(sizes)
    both_right, both_wrong = _both(tables, positive)
    shared = (both_right * (1 - pooled) ** 2 + both_wrong * pooled**2) / sum(sizes)
    spread = (pooled * (1 - pooled) - 2 * shared) * (1 / sizes[0] + 1 / sizes[1])
    return _tested(values, (values[1] - values[0]) ** 2, spread)


def generalised_score_test(tables: PairedTables, *, positive: bool) -> ScoreTest:
    """Generalised score test of two PPV (`positive`) or NPV (Leisenring et al. 2000, Biometrics 56)."""
    right, wrong, sizes = _called(tables, positive)
    values = _values(right, wrong)
    if not min(sizes):
        return ScoreTest(*values, math.nan, math.nan)
    pooled, share = sum(right) / sum(sizes), sizes[1] / sum(sizes)
    both_right, both_wrong = _both(tables, positive)
    only_right = (right[0] - both_right, right[1] - both_right)
    only_wrong = (wrong[0] - both_wrong, wrong[1] - both_wrong)
    total = right[1] * (1 - share) - right[0] * share
    spread = sum(
        weight**2 * (hits * (1 - pooled) ** 2 + misses * pooled**2)
        for weight, hits, misses in (
            (1 - 2 * share, both_right, both_wrong),
            (-share, only_right[0], only_wrong[0]),
            (1 - share, only_right[1], only_wrong[1]),
        )
    )
    return _tested(values, total**2, spread)


def relative_predictive_value(tables: PairedTables, *, positive: bool, level: float = 0.95) -> Ratio:
    """Second over first PPV (`positive`) or NPV (Moskowitz & Pepe 2006, Clin Trials 3), delta method."""
    right, wrong, sizes = _called(tables, positive)
    values = _values(right, wrong)
    if not min(right):  # a value is 0 or 0/0, and has no logarithm
        return _ratio(values, math.nan, 0.0, level)
    at, hit, miss = _roles(tables, positive)
    spread = 0.0
    for cell in np.ndindex(2, 2):
        called = (float(cell[0] == at), float(cell[1] == at))
        overall = called[0] / sizes[0] - called[1] / sizes[1]
        gain = called[1] / right[1] - called[0] / right[0] + overall
        spread += float(hit[cell] * gain**2 + miss[cell] * overall**2)
    return _ratio(values, values[1] / values[0], spread, level)


def likelihood_ratio_ratio(tables: PairedTables, *, positive: bool, level: float = 0.95) -> Ratio:
    """First over second LR+ (`positive`) or LR- (Gu & Pepe 2009, Stat Med 28), delta method."""
    at = 1 if positive else 0
    rates, spread = [], 0.0
    for table in (tables.diseased, tables.healthy):
        one, two, both = (float(part) for part in (table[at].sum(), table[:, at].sum(), table[at, at]))
        rates.append((_over(one, table.sum()), _over(two, table.sum())))
        spread += _over(one + two - 2 * both, one * two)
    values = (_over(rates[0][0], rates[1][0]), _over(rates[0][1], rates[1][1]))
    if not math.isfinite(spread):  # a ratio is 0, infinite or 0/0, and has no logarithm
        return _ratio(values, math.nan, 0.0, level)
    return _ratio(values, values[0] / values[1], spread, level)


def _over(above: float, below: float) -> float:
    """above / below; infinite for x/0, NaN for 0/0."""
    found = ratio(float(above), float(below), unbounded=True)
    return math.nan if found is None else found


def _roles(tables: PairedTables, positive: bool) -> tuple[int, NDArray[np.float64], NDArray[np.float64]]:
    """Index of the call, and the tables of those for whom it is right and wrong."""
    if positive:
        return 1, tables.diseased, tables.healthy
    return 0, tables.healthy, tables.diseased


def _called(
    tables: PairedTables, positive: bool
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Right and wrong calls of either test, and all calls."""
    at, hit, miss = _roles(tables, positive)
    right = (float(hit[at].sum()), float(hit[:, at].sum()))
    wrong = (float(miss[at].sum()), float(miss[:, at].sum()))
    return right, wrong, (right[0] + wrong[0], right[1] + wrong[1])


def _both(tables: PairedTables, positive: bool) -> tuple[float, float]:
    """Cases that both tests called alike: rightly, wrongly."""
    at, hit, miss = _roles(tables, positive)
    return float(hit[at, at]), float(miss[at, at])


def _values(right: tuple[float, float], wrong: tuple[float, float]) -> tuple[float, float]:
    first, second = (
        hits / (hits + misses) if hits + misses else float("nan")
        for hits, misses in zip(right, wrong, strict=True)
    )
    return first, second


def _tested(values: tuple[float, float], top: float, spread: float) -> ScoreTest:
    if not spread > _NOISE:
        return ScoreTest(*values, float("nan"), float("nan"))
    return ScoreTest(*values, top / spread, chi2_upper_p(top / spread, 1))


def _ratio(values: tuple[float, float], ratio: float, spread: float, level: float) -> Ratio:
    error = float(spread**0.5)
    if not error > 0:
        nan = float("nan")
        return Ratio(*values, float(ratio), error, nan, nan, nan, nan)
    half, z = two_sided_z(level) * error, float(np.log(ratio)) / error
    return Ratio(
        *values, float(ratio), error, float(ratio * np.exp(-half)), float(ratio * np.exp(half)), z,
        normal_two_sided_p(z),
    )  # fmt: skip
