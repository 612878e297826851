"""What several raters said of the same subjects: one table, with gaps where somebody did not look."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_numbers
from thirdeye.evaluation.scalars import check_count

Ratings = NDArray[np.float64]
MOST = 10**9  # of one cell


def check_ratings(ratings: Any) -> Ratings:
    """(n, r) numbers, a row a subject and a column a rater; NaN where a rater did not rate.

    Raises:
        UsageError: not a table of at least one subject and two raters.
        DataRefused: an infinite rating.
    """
    table = check_numbers("ratings", ratings)
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
    k = check_count("the number of categories", k, 1, 10_000)
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
    table = check_whole("counts", counts)
    if table.ndim != 2 or table.shape[1] < 2 or not (table.sum(axis=1) >= 2).any():
        raise UsageError(
            f"counts: expected subjects x categories with two ratings or more of some subject, "
            f"got an array of {table.shape}"
        )
    return table


def check_square_counts(table: Any) -> NDArray[np.int64]:
    """(k, k) counts of what one rater said, in rows, against another.

    Raises:
        UsageError: another shape, or none.
        DataRefused: what is no count.
    """
    counts = check_whole("the table", table)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise UsageError(f"the table: expected k x k counts, got an array of {counts.shape}")
    return counts


def check_whole(what: str, values: Any) -> NDArray[np.int64]:
    """Whole numbers from 0 on, of any shape.

    Raises:
        DataRefused: another number; the message quotes it.
    """
    numbers = check_numbers(what, values)
    right = (numbers >= 0) & (numbers <= MOST) & (numbers == np.floor(numbers))
    if not right.all():
        raise DataRefused(f"{what}: {numbers[~right].ravel()[0]} is not a count")
    return numbers.astype(np.int64)
