"""What several raters said of the same subjects: one table, with gaps where somebody did not look."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError

Ratings = NDArray[np.float64]


def check_ratings(ratings: Any) -> Ratings:
    """(n, r) numbers, a row a subject and a column a rater; NaN where a rater did not rate.

    Raises:
        UsageError: not a table of at least one subject and two raters.
        DataRefused: an infinite rating.
    """
    try:
        table = np.asarray(ratings, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"ratings: expected a table of numbers: {error}") from error
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 2:
        raise UsageError(f"ratings: expected subjects x raters (two or more), got an array of {table.shape}")
    if np.isinf(table).any():
        raise DataRefused("ratings: an infinite number is no rating; leave it blank (NaN)")
    return table


def category_counts(ratings: Any, k: int) -> NDArray[np.int64]:
    """How many raters put each subject into each category, (n, k).

    Args:
        ratings: as of `check_ratings`, whole numbers from 0 to `k` - 1.
        k: number of categories, absent ones included.

    Raises:
        DataRefused: a rating outside the categories.
    """
    table = check_ratings(ratings)
    held = table[~np.isnan(table)]
    wrong = held[(held < 0) | (held >= k) | (held != np.floor(held))]
    if wrong.size:
        raise DataRefused(f"ratings: {wrong[0]:g} is not one of the categories 0 to {k - 1}")
    return np.stack([(table == category).sum(axis=1) for category in range(k)], axis=1)


def check_counts(counts: Any) -> NDArray[np.int64]:
    """(n, k) counts, two categories or more.

    Raises:
        UsageError: another shape, or no subject with two ratings.
    """
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[1] < 2 or (table < 0).any() or not (table.sum(axis=1) >= 2).any():
        raise UsageError(
            f"counts: expected subjects x categories with two ratings or more of some subject, "
            f"got an array of {table.shape}"
        )
    return table.astype(np.int64)
