"""How many readers and cases a reader study needs (Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.arrangement import Kind
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
        reader: variance of readers; matters where readers are nested in tests.
    """

    interaction: float
    error: float
    same_reader: float
    same_test: float
    neither: float
    cases: int
    reader: float = 0.0

    @classmethod
    def of(cls, components: Components, cases: int) -> Pilot:
        """From the components of an analysis with random cases."""
        return cls(
            components.interaction, components.error, components.same_reader, components.same_test,
            components.neither, cases, components.reader,
        )  # fmt: skip


@dataclass(frozen=True)
class Power:
    """What a study of a size would show.

    Args:
        readers: of the planned study; for each test where readers are nested in tests.
        cases: that each reader reads (with each test).
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
    arrangement: Kind = "crossed",
    groups: int = 2,
) -> Power:
    """Power to find a difference of two tests.

    Args:
        pilot: variability.
        readers: 2 or more, unless readers are fixed.
        cases: 1 or more; the mix of diseased and healthy is that of the pilot.
        effect: true difference of the figures of merit.
        random: what the result shall extend to.
        alpha: two-sided significance level.
        arrangement: who reads what (Hillis 2014); "partly_crossed" cannot be planned for.
        groups: of readers in a split-plot, each of two readers or more.

    Raises:
        UsageError: a number that cannot be.
        DataRefused: the pilot's components leave no variance to plan with.
    """
    fewest = 1 if random == "cases" else 2
    readers = check_count("readers", readers, fewest, 100_000)
    cases = check_count("cases", cases, 1)
    check_number("alpha", alpha, 0, 1, inside=True)
    check_number("the effect", effect, -1, 1)
    terms = _terms(pilot, arrangement, readers, cases, groups)
    denominator, df = _denominator(random, terms)
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


@dataclass(frozen=True)
class _Terms:
    """What a difference of two tests varies by.

    Args:
        square: expected mean square of the random readers.
        extra: excess covariance of readers who share cases.
        shared: how many of them share cases, each itself included.
        free: degrees of freedom of `square`.
        readers: what random readers bring into `square`.
    """

    square: float
    extra: float
    shared: float
    free: float
    readers: float


def _terms(pilot: Pilot, arrangement: Kind, readers: int, cases: int, groups: int) -> _Terms:
    scale = pilot.cases / cases
    error, one, same, none = (
        scale * part for part in (pilot.error, pilot.same_reader, pilot.same_test, pilot.neither)
    )
    within = max(pilot.interaction, 0.0)
    extra = max(same - none, 0.0)
    if arrangement == "crossed":
        return _Terms(within + error - one - extra, extra, readers, readers - 1, within)
    if arrangement == "cases_nested_in_tests":
        extra = max(same, 0.0)
        return _Terms(within + error - extra, extra, readers, readers - 1, within)
    if arrangement == "cases_nested_in_readers":
        return _Terms(within + error - one, 0.0, readers, readers - 1, within)
    if arrangement == "split_plot":
        groups = check_count("groups of readers", groups, 2, max(readers // 2, 2))
        if readers < 2 * groups:
            raise UsageError(f"{readers} readers in {groups} groups: a group needs two readers or more")
        return _Terms(within + error - one - extra, extra, readers / groups, readers - groups, within)
    if arrangement == "readers_nested_in_tests":
        people = max(pilot.reader, 0.0) + within
        return _Terms(people + error - same, extra, readers, 2 * (readers - 1), people)
    raise UsageError(f"a {arrangement} study cannot be planned for; plan the crossed one that comes nearest")


def _denominator(random: Random, terms: _Terms) -> tuple[float, float]:
    """Expected denominator of F, and its degrees of freedom."""
    if random == "readers":
        return terms.square, float(terms.free)
    denominator = terms.square + terms.shared * terms.extra
    if random == "cases":
        return denominator - terms.readers, float("inf")
    return denominator, denominator**2 / (terms.square**2 / terms.free) if terms.square > 0 else float("inf")


def cases_needed(
    pilot: Pilot,
    *,
    readers: int,
    effect: float,
    power: float = 0.8,
    random: Random = "readers_and_cases",
    alpha: float = 0.05,
    arrangement: Kind = "crossed",
    groups: int = 2,
) -> Power:
    """The smallest number of cases with which `readers` readers reach `power`.

    Raises:
        DataRefused: no number of cases reaches it with so few readers.
    """

    def reached(cases: int) -> Power:
        return power_of(
            pilot, readers=readers, cases=cases, effect=effect, random=random, alpha=alpha,
            arrangement=arrangement, groups=groups,
        )  # fmt: skip

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
