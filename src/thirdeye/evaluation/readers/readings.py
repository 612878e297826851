"""The readings of a study: who read which case with which test, and how suspicious it looked to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_names, check_numbers


@dataclass(frozen=True)
class Readings:
    """Ratings of every reader with every test, on a common list of cases.

    Args:
        ratings: (T, R, C) float64, higher is more suspicious; NaN where a reader did not read a case with a
            test (incomplete, nested and partially paired designs).
        truth: (C,) True for cases with the condition.
        tests, readers, cases: T, R and C names.
    """

    ratings: NDArray[np.float64]
    truth: NDArray[np.bool_]
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def read(self) -> NDArray[np.bool_]:
        """(T, R, C): where there is a rating."""
        return ~np.isnan(self.ratings)

    @property
    def is_complete(self) -> bool:
        """Every reader read every case with every test."""
        return bool(self.read.all())

    def of_test(self, test: str) -> Readings:
        """The readings with one test."""
        at = self.tests.index(test)
        return Readings(self.ratings[at : at + 1], self.truth, (test,), self.readers, self.cases)


def readings_from_columns(
    *, test: Sequence[Any], reader: Sequence[Any], case: Sequence[Any], truth: Any, rating: Any
) -> Readings:
    """Readings from one row per reading.

    Args:
        test, reader, case: (n,) names; the first appearance gives the order of tests and readers.
        truth: (n,) of 0 and 1, equal in all rows of a case.
        rating: (n,) finite, higher is more suspicious.

    Raises:
        UsageError: columns of unequal length, or no row.
        DataRefused: a case with two truths, a reading twice, a rating that is not finite, or one truth only.
    """
    columns = [check_names("readings", column) for column in (test, reader, case, truth, rating)]
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1 or columns[0].size == 0:
        raise UsageError(
            "readings need five columns of one length with at least one row, got lengths "
            + ", ".join(str(column.size) for column in columns)
        )
    names: list[tuple[str, ...]] = []
    codes: list[NDArray[np.int64]] = []
    for column in columns[:3]:
        known, code = _coded(column)
        names.append(known)
        codes.append(code)
    values, status = _ratings(columns[4], columns), _truth(columns[3])
    tests, readers, cases = names
    array = np.full((len(tests), len(readers), len(cases)), np.nan)
    _refuse_twice(codes, names)
    array[codes[0], codes[1], codes[2]] = values
    return Readings(array, _truth_of_cases(status, codes[2], cases), tests, readers, cases)


def _coded(column: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names in order of appearance, and the position of each row's name."""
    unique, first, inverse = np.unique(column.astype(str), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return tuple(str(name) for name in unique[order]), rank[inverse].astype(np.int64)


def _ratings(column: NDArray[Any], columns: list[NDArray[Any]]) -> NDArray[np.float64]:
    values = check_numbers("ratings", column)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        at = wrong[0]
        raise DataRefused(
            f"the rating of case '{columns[2][at]}' by reader '{columns[1][at]}' is {values[at]}; leave out "
            "readings that were not made"
        )
    return values


def _truth(column: NDArray[Any]) -> NDArray[np.bool_]:
    values = check_numbers("truth", column)
    wrong = np.flatnonzero((values != 0) & (values != 1))
    if wrong.size:
        raise DataRefused(f"truth: expected 0 or 1, got {column[wrong[0]]!r} in row {wrong[0]}")
    return values == 1


def _refuse_twice(codes: list[NDArray[np.int64]], names: list[tuple[str, ...]]) -> None:
    key = (codes[0] * len(names[1]) + codes[1]) * len(names[2]) + codes[2]
    unique, counts = np.unique(key, return_counts=True)
    if (counts > 1).any():
        twice = int(unique[counts > 1][0])
        test, reader, case = np.unravel_index(twice, tuple(len(part) for part in names))
        raise DataRefused(
            f"reader '{names[1][reader]}' has {counts.max()} ratings of case '{names[2][case]}' with test "
            f"'{names[0][test]}'; expected one"
        )


def _truth_of_cases(
    status: NDArray[np.bool_], case: NDArray[np.int64], cases: tuple[str, ...]
) -> NDArray[np.bool_]:
    rows = np.bincount(case, minlength=len(cases))
    positive = np.bincount(case, weights=status, minlength=len(cases))
    mixed = np.flatnonzero((positive > 0) & (positive < rows))
    if mixed.size:
        raise DataRefused(
            f"case '{cases[mixed[0]]}' is called both diseased and not; give each case one truth"
        )
    truth: NDArray[np.bool_] = positive > 0
    if truth.all() or not truth.any():
        kind = "diseased" if truth.all() else "healthy"
        raise DataRefused(f"all {len(cases)} cases are {kind}; readers are compared on both kinds")
    return truth
