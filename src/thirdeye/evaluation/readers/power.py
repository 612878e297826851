"""How many readers and cases a reader study needs (Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from thirdeye.errors import DataRefused
from thirdeye.evaluation.readers.components import Components
from thirdeye.evaluation.readers.obuchowski_rockette import Random
from thirdeye.evaluation.scalars import check_count, check_number

_MOST_CASES = 100_000


@dataclass(frozen=True)
class Pilot:
    """What a pilot study says about the variability to be expected.

    Args:
        interaction: variance of tests within readers; negative estimates count as 0.
        error, same_reader, same_test, neither: of the figure of merit over samples of `cases` cases.
        cases: how many cases the pilot had.
    """

    interaction: float
    error: float
    same_reader: float
    same_test: float
    neither: float
    cases: int

    @classmethod
    def of(cls, components: Components, cases: int) -> Pilot:
        """From the components of an analysis with random cases."""
        return cls(
            components.interaction, components.error, components.same_reader, components.same_test,
            components.neither, cases,
        )  # fmt: skip


@dataclass(frozen=True)
class Power:
    """What a study of a size would show.

    Args:
        readers, cases: of the planned study.
        power: probability of finding the effect, 0 to 1.
        noncentrality: of F (chi-square for fixed readers).
        df: denominator's degrees of freedom; infinite for fixed readers.
        interval_half_width: expected half-width of the interval of the difference, at 1 - alpha.
    """

    readers: int
    cases: int
    power: float
    noncentrality: float
    df: float
    interval_half_width: float


def power_of(
    pilot: Pilot,
    *,
    readers: int,
    cases: int,
    effect: float,
    random: Random = "readers_and_cases",
    alpha: float = 0.05,
) -> Power:
    """Power to find a difference of two tests.

    Args:
        pilot: variability.
        readers: 2 or more, unless readers are fixed.
        cases: 1 or more; the mix of diseased and healthy is that of the pilot.
        effect: true difference of the figures of merit.
        random: what the result shall extend to.
        alpha: two-sided significance level.

    Raises:
        UsageError: a number that cannot be.
        DataRefused: the pilot's components leave no variance to plan with.
    """
    fewest = 1 if random == "cases" else 2
    readers = check_count("readers", readers, fewest, 100_000)
    cases = check_count("cases", cases, 1)
    check_number("alpha", alpha, 0, 1, inside=True)
    check_number("the effect", effect, -1, 1)
    scale = pilot.cases / cases
    extra = scale * max(pilot.same_test - pilot.neither, 0.0)
    within = scale * (pilot.error - pilot.same_reader)
    interaction = max(pilot.interaction, 0.0)
    denominator, df = _denominator(random, interaction, within, extra, readers)
    if denominator <= 0:
        raise DataRefused("the pilot's components leave no variance to plan with; a larger pilot is needed")
    noncentrality = float(0.5 * readers * effect**2 / denominator)
    error = float(np.sqrt(2 * denominator / readers))
    if np.isinf(df):
        power = float(stats.ncx2.sf(stats.chi2.isf(alpha, 1), 1, noncentrality))
        half = float(stats.norm.isf(alpha / 2)) * error
    else:
        power = float(stats.ncf.sf(stats.f.isf(alpha, 1, df), 1, df, noncentrality))
        half = float(stats.t.isf(alpha / 2, df)) * error
    return Power(readers, cases, power, noncentrality, df, half)


def _denominator(
    random: Random, interaction: float, within: float, extra: float, readers: int
) -> tuple[float, float]:
    """Expected denominator of F, and its degrees of freedom."""
    square = interaction + within - extra  # expected MS(TR)
    if random == "cases":
        return within + (readers - 1) * extra, float("inf")
    if random == "readers":
        return square, float(readers - 1)
    denominator = interaction + within + (readers - 1) * extra
    df = denominator**2 / (square**2 / (readers - 1)) if square > 0 else float("inf")
    return denominator, df


def cases_needed(
    pilot: Pilot,
    *,
    readers: int,
    effect: float,
    power: float = 0.8,
    random: Random = "readers_and_cases",
    alpha: float = 0.05,
) -> Power:
    """The smallest number of cases with which `readers` readers reach `power`.

    Raises:
        DataRefused: no number of cases reaches it with so few readers.
    """

    def reached(cases: int) -> Power:
        return power_of(pilot, readers=readers, cases=cases, effect=effect, random=random, alpha=alpha)

    check_number("the power", power, 0, 1, inside=True)
    most = reached(_MOST_CASES)
    if most.power < power:
        raise DataRefused(
            f"{readers} readers reach a power of {most.power:.2f} at most, however many cases they read; "
            "take more readers"
        )
    low, high = 1, _MOST_CASES
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle).power >= power else (middle + 1, high)
    return reached(low)
