"""Readers nested in tests: every reader reads with one test (Hillis 2014, Stat Med 33).

Chosen where reading a case twice is out of the question. It costs power: readers do not cancel out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.components import Components, MeanSquares
from thirdeye.evaluation.readers.covariance import Method, covariance, figures
from thirdeye.evaluation.readers.merit import Merit
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis, Estimate, GlobalTest, estimate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Nested:
    """Figures of readers with the test of each, and what they vary by."""

    values: Array  # (R,)
    test: NDArray[np.int64]  # (R,)
    between: Array  # (T,) mean square over the readers of each test; NaN for one reader
    same: Array  # (T,) Cov2 within each test
    same_test: float
    neither: float
    error: float

    @property
    def sizes(self) -> NDArray[np.int64]:
        return np.bincount(self.test)

    @property
    def means(self) -> Array:
        return np.bincount(self.test, self.values) / self.sizes


def analyse_nested_readers(
    readings: Readings, test_of_reader: tuple[int, ...], *, merit: Merit, method: Method, readers_fixed: bool,
    level: float,
) -> Analysis:  # fmt: skip
    """Compare tests that were each read by readers of their own.

    Args:
        readings: each reader with ratings for one test.
        test_of_reader: (R,) that test.
        merit: figure of merit.
        method: "jackknife" or "unbiased".
        readers_fixed: the result is about these readers only.
        level: of the intervals.

    Raises:
        UsageError: DeLong's covariance, which is for crossed studies.
        DataRefused: a test with one reader, whose variability cannot be told, unless readers are fixed.
    """
    if method == "delong":
        raise UsageError("DeLong's covariance is for crossed studies; use the jackknife or the unbiased one")
    study = _measure(readings, np.asarray(test_of_reader), merit, method)
    alone = [name for name, size in zip(readings.tests, study.sizes, strict=True) if size < 2]
    if alone and not readers_fixed:
        raise DataRefused(
            f"one reader read with test '{alone[0]}': nothing tells reader from test; take two "
            "or more readers, or fixed readers"
        )
    term = _fixed_term(study) if readers_fixed else _random_term(study)
    table = np.full((len(readings.tests), len(readings.readers)), np.nan)
    table[study.test, np.arange(study.values.size)] = study.values
    words = "fixed readers" if readers_fixed else "random readers"
    return Analysis(
        method=f"Obuchowski-Rockette; readers nested in tests; {words}, random cases", merit=merit.name,
        covariance=method, tests=readings.tests, readers=readings.readers,
        figures=tuple(tuple(float(value) for value in row) for row in table),
        overall=_overall(study, *term), differences=_differences(study, readings.tests, *term, level=level),
        means=_means(study, readings.tests, readers_fixed, level), reader_differences=(),
        squares=_squares(study), components=_components(study),
        conclusion="these readers only, other cases" if readers_fixed else "other readers and other cases",
    )  # fmt: skip


def _measure(readings: Readings, test: NDArray[np.int64], merit: Merit, method: Method) -> _Nested:
    own = readings.ratings[test, np.arange(test.size)][None]  # (1, R, C)
    one = Readings(own, readings.truth, ("own test",), readings.readers, readings.cases)
    values, spread = figures(one, merit)[0], covariance(one, merit, method)
    together = (test[:, None] == test[None, :]) & ~np.eye(test.size, dtype=bool)
    apart = test[:, None] != test[None, :]
    known = range(int(test.max()) + 1)
    same = [spread[together & (test == i)[:, None]] for i in known]
    return _Nested(
        values=values,
        test=test,
        between=np.array([_variance(values[test == i]) for i in known]),
        same=np.array([part.mean() if part.size else 0.0 for part in same]),
        same_test=float(spread[together].mean()) if together.any() else 0.0,
        neither=float(spread[apart].mean()),
        error=float(np.trace(spread)) / test.size,
    )


def _variance(values: Array) -> float:
    return float(values.var(ddof=1)) if values.size > 1 else float("nan")


def _typical(study: _Nested) -> float:
    """Harmonic mean of the numbers of readers: each number itself where they are equal."""
    return study.sizes.size / float((1 / study.sizes).sum())


def _random_term(study: _Nested) -> tuple[float, float]:
    free = study.sizes - 1
    within = float((free * study.between).sum() / free.sum())
    denominator = within + _typical(study) * max(study.same_test - study.neither, 0.0)
    df = denominator**2 / (within**2 / float(free.sum())) if within > 0 else float("inf")
    return denominator, df


def _fixed_term(study: _Nested) -> tuple[float, float]:
    size = _typical(study)
    return study.error + (size - 1) * study.same_test - size * study.neither, float("inf")


def _overall(study: _Nested, denominator: float, df: float) -> GlobalTest:
    free = study.sizes.size - 1
    if not denominator > 0:
        return GlobalTest(float("nan"), free, df, float("nan"), "F")
    ratio = _typical(study) * float(study.means.var(ddof=1)) / denominator
    if np.isinf(df):
        return GlobalTest(free * ratio, free, df, float(stats.chi2.sf(free * ratio, free)), "chi2")
    return GlobalTest(ratio, free, df, float(stats.f.sf(ratio, free, df)), "F")


def _differences(
    study: _Nested, tests: tuple[str, ...], denominator: float, df: float, *, level: float
) -> tuple[Estimate, ...]:
    error = float(np.sqrt(2 * denominator / _typical(study))) if denominator > 0 else float("nan")
    means = study.means
    return tuple(
        estimate(f"{a} - {b}", float(means[i] - means[k]), error, df, level=level, tested=True)
        for (i, a), (k, b) in combinations(enumerate(tests), 2)
    )


def _means(study: _Nested, tests: tuple[str, ...], fixed: bool, level: float) -> tuple[Estimate, ...]:
    found = []
    for i, name in enumerate(tests):
        size, between, same = int(study.sizes[i]), float(study.between[i]), float(study.same[i])
        if fixed:
            spread, df = (study.error + (size - 1) * same) / size, float("inf")
        else:
            total = between + size * max(same, 0.0)
            spread, df = total / size, total**2 / (between**2 / (size - 1)) if between > 0 else float("inf")
        error = float(np.sqrt(max(spread, 0.0)))
        found.append(estimate(name, float(study.means[i]), error, df, level=level, tested=False))
    return tuple(found)


def _squares(study: _Nested) -> MeanSquares:
    """MS(T) and, in place of MS(TR), MS(R(T))."""
    free = study.sizes - 1
    within = float(np.nansum(free * study.between) / free.sum()) if free.sum() else float("nan")
    test = _typical(study) * float(study.means.var(ddof=1))
    return MeanSquares(test, float("nan"), within, study.between, np.full(study.values.size, np.nan))


def _components(study: _Nested) -> Components:
    """Readers and tests within readers cannot be told apart: their sum stands under readers."""
    blank = np.full(study.values.size, np.nan)
    within = _squares(study).interaction
    return Components(
        error=study.error, same_reader=float("nan"), same_test=study.same_test, neither=study.neither,
        reader=within - study.error + study.same_test, interaction=float("nan"),
        error_of_test=np.full(study.sizes.size, study.error), same_test_of_test=study.same,
        error_of_reader=blank, same_reader_of_reader=blank,
    )  # fmt: skip
