"""Reader studies by Obuchowski and Rockette, with the degrees of freedom of Hillis.

Obuchowski & Rockette 1995 (Commun Stat Simul 24); Hillis 2007 (Stat Med 26); Hillis 2014 (Stat Med 33).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.readers.arrangement import Arrangement, arrangement
from thirdeye.evaluation.readers.components import Components, MeanSquares, components, mean_squares
from thirdeye.evaluation.readers.covariance import Method, covariance, figures
from thirdeye.evaluation.readers.merit import AUC, Merit
from thirdeye.evaluation.readers.nested_readers import analyse_nested_readers
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis, Estimate, GlobalTest, estimate
from thirdeye.evaluation.readers.split_plot import Sharing, crossed, sharing_of, within_groups

Random = Literal["readers_and_cases", "cases", "readers"]
Array = NDArray[np.float64]
_NOISE = 1e-12  # rounding, as a share of the error variance
_WORDS = {
    "readers_and_cases": ("random readers, random cases", "other readers and other cases"),
    "cases": ("fixed readers, random cases", "these readers only, other cases"),
    "readers": ("random readers, fixed cases", "other readers, these cases only"),
}


def analyse(
    readings: Readings,
    *,
    merit: Merit = AUC,
    random: Random = "readers_and_cases",
    method: Method | None = None,
    level: float = 0.95,
    keep_negative: bool = False,
) -> Analysis:
    """Compare tests (or describe one) over readers and cases.

    Args:
        readings: at least one test; every reader has read cases with every test.
        merit: figure of merit.
        random: what the result shall extend to beyond those at hand.
        method: of the covariance; None takes "delong" for an AUC of a crossed study, "unbiased" for one of a
            nested study, else "jackknife".
        level: of the intervals.
        keep_negative: with fixed readers, a negative Cov2 - Cov3 counts as it is (as MRMCaov has it) and not
            as 0 (as the OR-DBM software and RJafroc have it).

    Returns:
        Means, differences and the global test. Var(reader) and Var(test x reader) stay as estimated, also
        where negative; with random readers a negative Cov2 - Cov3 counts as 0.

    Raises:
        UsageError: unknown names, or a level outside 0 to 1.
        DataRefused: a figure is undefined, or the design does not carry the analysis.
    """
    plan = arrangement(readings)
    chosen = method or _usual(readings, merit, plan)
    if plan.kind == "readers_nested_in_tests":
        if random == "readers":
            raise DataRefused("readers nested in tests are analysed with random cases: choose both, or cases")
        return replace(
            analyse_nested_readers(
                readings, plan.test_of_reader, merit=merit, method=chosen, readers_fixed=random == "cases",
                level=check_level(level),
            ),
            arrangement=plan.sentence,
        )  # fmt: skip
    table = figures(readings, merit)
    spread = None if random == "readers" else covariance(readings, merit, chosen)
    found = analyse_table(
        table,
        spread,
        tests=readings.tests,
        readers=readings.readers,
        merit=merit.name,
        random=random,
        level=level,
        keep_negative=keep_negative,
        groups=plan.groups,
    )
    return replace(found, covariance="" if spread is None else chosen, arrangement=plan.sentence)


def analyse_table(
    table: Array,
    spread: Array | None,
    *,
    tests: tuple[str, ...],
    readers: tuple[str, ...],
    merit: str,
    random: Random = "readers_and_cases",
    level: float = 0.95,
    keep_negative: bool = False,
    covariance: str = "given",
    groups: tuple[int, ...] | None = None,
) -> Analysis:
    """The analysis from the figures of merit and their covariance, however these were obtained.

    Args:
        table: (T, R) figures.
        spread: (T * R, T * R) covariance over samples of cases, tests varying slowest; None with fixed cases.
        tests, readers: T and R names.
        merit: name of the figure of merit.
        random, level, keep_negative: see `analyse`.
        covariance: how `spread` was estimated.
        groups: (R,) group of each reader where groups read cases of their own; None where all read the same.

    Raises:
        UsageError, DataRefused: as `analyse`.
    """
    if random not in get_args(Random):
        raise UsageError(f"random='{random}': choose {', '.join(get_args(Random))}")
    check_level(level)
    if random != "cases" and len(readers) < 2:
        raise DataRefused("one reader cannot stand for others; use fixed readers (random='cases')")
    if random != "readers" and spread is None:
        raise UsageError("random cases need the covariance of the figures")
    squares = mean_squares(table)
    parts = None if spread is None or random == "readers" else components(table, spread)
    sharing = crossed(len(readers)) if groups is None or parts is None else sharing_of(groups)
    if spread is not None and parts is not None and groups is not None and sharing.free < len(readers) - 1:
        squares, parts = within_groups(table, spread, groups, squares, parts)
    study = _Study(table, tests, readers, squares, parts, random, level, sharing)
    term = None
    if len(tests) > 1:
        term = error_term(squares, parts, len(tests), sharing, random, keep_negative=keep_negative)
    words, conclusion = _WORDS[random]
    return Analysis(
        method=f"Obuchowski-Rockette; {words}",
        merit=merit,
        covariance="" if parts is None else covariance,
        tests=tests,
        readers=readers,
        figures=tuple(tuple(float(value) for value in row) for row in table),
        overall=None if term is None else _overall(squares, *term, len(tests)),
        differences=() if term is None else _differences(study, *term),
        means=_means(study),
        reader_differences=_reader_differences(study) if random == "cases" and len(tests) > 1 else (),
        squares=squares,
        components=parts,
        conclusion=conclusion,
    )


@dataclass(frozen=True)
class _Study:
    """What every estimate is made from."""

    table: Array
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    squares: MeanSquares
    parts: Components | None
    random: Random
    level: float
    sharing: Sharing


def _usual(readings: Readings, merit: Merit, plan: Arrangement) -> Method:
    if not merit.is_auc or plan.kind == "partly_crossed":
        return "jackknife"  # in simulation 5 % of false alarms with readings missing, the unbiased one 7 %
    return "unbiased" if plan.nested else "delong"


def _differences(study: _Study, denominator: float, df: float) -> tuple[Estimate, ...]:
    """Of the means of every pair of tests."""
    standard_error = float(np.sqrt(2 * denominator / len(study.readers))) if denominator > 0 else float("nan")
    means = study.table.mean(axis=1)
    return tuple(
        estimate(f"{a} - {b}", means[i] - means[j], standard_error, df, level=study.level, tested=True)
        for (i, a), (j, b) in combinations(enumerate(study.tests), 2)
    )


def error_term(
    squares: MeanSquares,
    parts: Components | None,
    tests: int,
    sharing: Sharing,
    random: Random,
    *,
    keep_negative: bool = False,
) -> tuple[float, float]:
    """Denominator of F on the scale of MS(T), and its degrees of freedom (infinite for fixed readers)."""
    free = float((tests - 1) * sharing.free)
    if parts is None:
        return squares.interaction, free
    extra = _not_negative(parts.same_test - parts.neither)
    if random == "cases":
        shared = parts.same_test - parts.neither if keep_negative else extra
        among = (sharing.shared - 1) * shared if sharing.readers > 1 else 0.0
        return parts.error - parts.same_reader + among, float("inf")
    denominator = squares.interaction + sharing.shared * extra
    if denominator <= _NOISE * parts.error:  # the tests do not differ in any reader
        return 0.0, float("nan")
    return denominator, _ratio(denominator**2, squares.interaction**2 / free)


def _overall(squares: MeanSquares, denominator: float, df: float, tests: int) -> GlobalTest:
    if not denominator > 0:
        return GlobalTest(float("nan"), tests - 1, df, float("nan"), "F")
    ratio = squares.test / denominator
    if np.isinf(df):
        chi2 = (tests - 1) * ratio
        return GlobalTest(chi2, tests - 1, df, float(stats.chi2.sf(chi2, tests - 1)), "chi2")
    return GlobalTest(ratio, tests - 1, df, float(stats.f.sf(ratio, tests - 1, df)), "F")


def _means(study: _Study) -> tuple[Estimate, ...]:
    """Mean over readers of each test, from that test's own mean square and covariance (Hillis 2014)."""
    r, parts, sharing = len(study.readers), study.parts, study.sharing
    found = []
    for i, name in enumerate(study.tests):
        between = float(study.squares.reader_of_test[i])
        if parts is None:
            spread, df = between / r, float(r - 1)
        elif study.random == "cases":
            other = parts.same_test_of_test[i] if r > 1 else 0.0
            spread, df = (parts.error_of_test[i] + (sharing.shared - 1) * other) / r, float("inf")
        else:
            total = between + sharing.shared * _not_negative(float(parts.same_test_of_test[i]))
            spread, df = total / r, _ratio(total**2, between**2 / sharing.free)
        error = float(np.sqrt(max(spread, 0.0)))
        value = float(study.table[i].mean())
        found.append(estimate(name, value, error, df, level=study.level, tested=False))
    return tuple(found)


def _reader_differences(study: _Study) -> tuple[Estimate, ...]:
    """Differences of tests within each reader, from that reader's own variance and Cov1."""
    parts = study.parts
    if parts is None:
        return ()
    found = []
    for j, reader in enumerate(study.readers):
        spread = 2 * (parts.error_of_reader[j] - parts.same_reader_of_reader[j])
        error = float(np.sqrt(max(spread, 0.0)))
        for (i, a), (k, b) in combinations(enumerate(study.tests), 2):
            name, difference = f"{reader}: {a} - {b}", float(study.table[i, j] - study.table[k, j])
            found.append(estimate(name, difference, error, float("inf"), level=study.level, tested=True))
    return tuple(found)


def _not_negative(value: float) -> float:
    return max(value, 0.0)


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else float("inf")
