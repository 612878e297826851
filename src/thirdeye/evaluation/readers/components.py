"""Mean squares and the components of variance of a reader study (Obuchowski & Rockette 1995; Hillis 2014)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MeanSquares:
    """Two-way table of figures of merit, tests by readers.

    Args:
        test, reader, interaction: mean squares; NaN with one test (test, interaction) or reader.
        reader_of_test: (T,) mean square over readers within each test.
        test_of_reader: (R,) mean square over tests within each reader.
    """

    test: float
    reader: float
    interaction: float
    reader_of_test: Array
    test_of_reader: Array


@dataclass(frozen=True)
class Components:
    """Variances and covariances of the error that comes from sampling cases, and of readers.

    Negative estimates are left as they are.

    Args:
        error: mean variance of a figure of merit.
        same_reader: Cov1, mean covariance of one reader with two tests; NaN with one test.
        same_test: Cov2, of two readers with one test; NaN with one reader.
        neither: Cov3, of two readers with two tests.
        reader: variance of readers.
        interaction: variance of tests within readers.
        error_of_test, same_test_of_test: (T,) error and Cov2 within each test.
        error_of_reader, same_reader_of_reader: (R,) error and Cov1 within each reader.
    """

    error: float
    same_reader: float
    same_test: float
    neither: float
    reader: float
    interaction: float
    error_of_test: Array
    same_test_of_test: Array
    error_of_reader: Array
    same_reader_of_reader: Array


def mean_squares(figures: Array) -> MeanSquares:
    """Mean squares of a (T, R) table."""
    t, r = figures.shape
    by_test = figures.mean(axis=1, keepdims=True)
    by_reader = figures.mean(axis=0, keepdims=True)
    whole = figures.mean()
    rest = figures - by_test - by_reader + whole
    return MeanSquares(
        test=_ratio(r * float(((by_test - whole) ** 2).sum()), t - 1),
        reader=_ratio(t * float(((by_reader - whole) ** 2).sum()), r - 1),
        interaction=_ratio(float((rest**2).sum()), (t - 1) * (r - 1)),
        reader_of_test=_spread(figures, 1),
        test_of_reader=_spread(figures, 0),
    )


def components(figures: Array, covariance: Array) -> Components:
    """Components from the (T, R) figures and the (T * R, T * R) covariance of their errors."""
    t, r = figures.shape
    table = covariance.reshape(t, r, t, r)
    own_test = np.array([table[i, :, i, :] for i in range(t)])  # (T, R, R)
    own_reader = np.array([table[:, j, :, j] for j in range(r)])  # (R, T, T)
    error = float(np.trace(covariance)) / (t * r)
    same_reader = float(np.mean([_off_diagonal(part) for part in own_reader]))
    same_test = float(np.mean([_off_diagonal(part) for part in own_test]))
    neither = _neither(covariance, own_test, own_reader, t, r)
    squares = mean_squares(figures)
    return Components(
        error=error,
        same_reader=same_reader,
        same_test=same_test,
        neither=neither,
        reader=(squares.reader - squares.interaction) / t - same_reader + neither,
        interaction=squares.interaction - error + same_reader + same_test - neither,
        error_of_test=own_test.diagonal(axis1=1, axis2=2).mean(axis=1),
        same_test_of_test=np.array([_off_diagonal(part) for part in own_test]),
        error_of_reader=own_reader.diagonal(axis1=1, axis2=2).mean(axis=1),
        same_reader_of_reader=np.array([_off_diagonal(part) for part in own_reader]),
    )


def _neither(covariance: Array, own_test: Array, own_reader: Array, t: int, r: int) -> float:
    """What is left of the sum when all that shares a test or a reader is taken away."""
    rest = covariance.sum() - own_test.sum() - own_reader.sum() + np.trace(covariance)
    return _ratio(float(rest), t * (t - 1) * r * (r - 1))


def _off_diagonal(square: Array) -> float:
    size = len(square)
    return _ratio(float(square.sum() - np.trace(square)), size * (size - 1))


def _spread(figures: Array, axis: int) -> Array:
    """Variance along an axis; NaN for a single value."""
    size = figures.shape[axis]
    about = figures - figures.mean(axis=axis, keepdims=True)
    total: Array = (about**2).sum(axis=axis)
    return total / (size - 1) if size > 1 else np.full(total.shape, np.nan)


def _ratio(top: float, bottom: int) -> float:
    return top / bottom if bottom else float("nan")
