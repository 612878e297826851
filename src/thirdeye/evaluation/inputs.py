"""Inputs are checked first, once, and the message quotes what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.scalars import check_count

SUM_TOLERANCE = 1e-3
LARGEST = 1e100  # squares and their sums stay finite


@dataclass(frozen=True)
class Clusters:
    """Which rows belong together (images of one patient).

    Args:
        codes: (n,) cluster of each row, 0 to count - 1.
        count: number of clusters.
    """

    codes: NDArray[np.int64]
    count: int

    @property
    def repeated(self) -> bool:
        """True when some cluster has more than one row."""
        return self.count < self.codes.size

    def of(self, rows: NDArray[np.bool_]) -> Clusters:
        """The clusters of some rows only, numbered anew."""
        return check_clusters(self.codes[rows], int(rows.sum()))


def check_clusters(clusters: Any, n: int) -> Clusters:
    """Clusters of `n` rows from names, numbers, or None (each row on its own).

    Raises:
        UsageError: not one entry for each row, or an entry is missing.
    """
    if clusters is None:
        return Clusters(np.arange(n), n)
    if isinstance(clusters, Clusters):
        clusters = clusters.codes
    names = check_names("clusters", clusters)
    check_length("clusters", names, n)
    blank = _first(_is_blank(names))
    if blank is not None:
        raise UsageError(f"row {blank} has no cluster ({names[blank]!r}); name the patient of every row")
    unique, codes = np.unique(names.astype(str) if names.dtype == object else names, return_inverse=True)
    return Clusters(codes.astype(np.int64), unique.size)


def check_names(what: str, names: Any) -> NDArray[Any]:
    """Names, numbers or dates as an array.

    Raises:
        UsageError: entries that are lists of unequal length.
    """
    try:
        return np.asarray(names)
    except ValueError as error:
        raise UsageError(f"{what}: expected one name or number for each row: {error}") from error


def _is_blank(names: NDArray[Any]) -> NDArray[np.bool_]:
    if names.dtype.kind == "f":
        return np.isnan(names)
    if names.dtype.kind == "O":
        return np.array([name is None or name == "" or name != name for name in names], dtype=bool)
    return names == "" if names.dtype.kind in "US" else np.zeros(names.shape, dtype=bool)


def check_length(what: str, values: NDArray[Any], n: int) -> None:
    """Refuses anything but a flat array of `n` entries.

    Raises:
        UsageError: another shape.
    """
    if values.ndim != 1 or values.size != n:
        raise UsageError(f"{what}: expected one value for each of {n} cases, got an array of {values.shape}")


def check_binary(labels: Any) -> NDArray[np.bool_]:
    """Labels of 0 and 1 as booleans, (n,).

    Raises:
        UsageError: not flat, or empty.
        DataRefused: another value than 0 and 1; the message quotes it and its row.
    """
    values = check_numbers("labels", labels)
    if values.ndim != 1 or values.size == 0:
        raise UsageError(
            f"labels: expected a flat array of 0 and 1 with at least one case, got {values.shape}"
        )
    wrong = _first((values != 0) & (values != 1))
    if wrong is not None:
        raise DataRefused(f"labels: expected 0 or 1, got {values[wrong]} in row {wrong}")
    return values == 1


def check_both_classes(n_pos: int, n_neg: int) -> None:
    """Refuses cases of one class only, where cases of both are compared.

    Raises:
        DataRefused: no positive case, or no negative one.
    """
    if not n_pos or not n_neg:
        raise DataRefused(f"one class only: {n_pos} positive and {n_neg} negative cases; both are needed")


def check_scores(scores: Any, n: int, *, what: str = "scores") -> NDArray[np.float64]:
    """Finite scores, (n,), higher meaning more likely positive.

    Raises:
        UsageError: another length.
        DataRefused: a score is NaN or infinite.
    """
    values = check_numbers(what, scores)
    check_length(what, values, n)
    wrong = _first(~np.isfinite(values))
    if wrong is not None:
        raise DataRefused(
            f"{what}: {values[wrong]} in row {wrong} is not finite; leave such cases out and count them"
        )
    return values


def check_squarable(what: str, values: Any, n: int | None = None) -> NDArray[np.float64]:
    """Numbers, (n,) or any number of them but none, whose squares can be summed.

    Raises:
        UsageError: another length, or none.
        DataRefused: NaN, infinite, or beyond `LARGEST`.
    """
    numbers = check_numbers(what, values)
    numbers = check_scores(numbers, numbers.size if n is None else n, what=what)
    if not numbers.size:
        raise UsageError(f"{what}: there is none; expected one or more")
    wrong = _first(np.abs(numbers) > LARGEST)
    if wrong is not None:
        raise DataRefused(f"{what}: {numbers[wrong]:g} in row {wrong} lies beyond {LARGEST:g}")
    return numbers


def check_probabilities(probabilities: Any, n: int, *, what: str = "probabilities") -> NDArray[np.float64]:
    """Finite numbers from 0 to 1, (n,).

    Raises:
        UsageError: another length.
        DataRefused: NaN, infinite, below 0 or above 1.
    """
    values = check_scores(probabilities, n, what=what)
    wrong = _first((values < 0) | (values > 1))
    if wrong is not None:
        raise DataRefused(f"{what}: {values[wrong]} in row {wrong} lies outside 0 to 1")
    return values


def check_probability_matrix(probabilities: Any, n: int, k: int, *, sums_to_one: bool) -> NDArray[np.float64]:
    """Probabilities of `k` classes, (n, k); rows sum to one unless labels exclude each other not.

    Raises:
        UsageError: another shape.
        DataRefused: a value outside 0 to 1, or a row that does not sum to 1 within `SUM_TOLERANCE`.
    """
    values = check_numbers("probabilities", probabilities)
    if values.shape != (n, k):
        raise UsageError(f"probabilities: expected {n} cases x {k} classes, got an array of {values.shape}")
    check_probabilities(values.ravel(), n * k)
    if sums_to_one:
        wrong = _first(np.abs(values.sum(axis=1) - 1) > SUM_TOLERANCE)
        if wrong is not None:
            raise DataRefused(f"probabilities: row {wrong} sums to {values[wrong].sum():.6g} instead of 1")
    return values


def check_class_indices(labels: Any, k: int) -> NDArray[np.int64]:
    """Class numbers from 0 to `k` - 1, (n,).

    Raises:
        UsageError: not flat, or empty.
        DataRefused: a number outside the classes, or not whole.
    """
    k = check_count("the number of classes", k, 1, 1_000_000)
    values = check_numbers("labels", labels)
    if values.ndim != 1 or values.size == 0:
        raise UsageError(f"labels: expected a flat array of class numbers, got an array of {values.shape}")
    wrong = _first((values != np.floor(values)) | (values < 0) | (values >= k))
    if wrong is not None:
        raise DataRefused(
            f"labels: {values[wrong]} in row {wrong} is not one of the class numbers 0 to {k - 1}"
        )
    return values.astype(np.int64)


def check_numbers(what: str, values: Any) -> NDArray[np.float64]:
    """Any array of real numbers, as float64; numbers written as text are read.

    Raises:
        UsageError: other text, complex numbers, rows of unequal length, numbers beyond the range of floats.
    """
    try:
        given = np.asarray(values)
        if given.dtype.kind == "c":
            raise UsageError(f"{what}: expected real numbers, got complex ones")
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"{what}: expected numbers in rows of one length: {error}") from error


def _first(wrong: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(wrong)) if wrong.any() else None
