"""Standardised differences between two parts of the data, for the table of characteristics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np


def smd_of_means(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Difference of the means over the root of the mean variance (Austin 2009, Stat Med 28, 3083).

    Args:
        first, second: values of the two parts, finite.

    Returns:
        The absolute difference in standard deviations; None with fewer than two values in a part, or where
        nothing varies but the means differ.
    """
    if len(first) < 2 or len(second) < 2:
        return None
    a, b = np.asarray(first, float), np.asarray(second, float)
    pooled = math.sqrt((float(a.var(ddof=1)) + float(b.var(ddof=1))) / 2)
    gap = abs(float(a.mean()) - float(b.mean()))
    if pooled == 0:
        return 0.0 if gap == 0 else None
    return gap / pooled


def smd_of_shares(first: Mapping[str, int], second: Mapping[str, int]) -> float | None:
    """Mahalanobis distance of two sets of proportions (Yang and Dalton 2012, SAS Global Forum 335).

    Args:
        first, second: count of each level; levels may be missing on one side.

    Returns:
        The distance; None where a part is empty or the proportions cannot be compared (a level that only
        one side has, with nothing that varies).
    """
    levels = sorted(set(first) | set(second))
    n, m = sum(first.values()), sum(second.values())
    if not n or not m:
        return None
    p = np.array([first.get(level, 0) / n for level in levels[1:]])
    q = np.array([second.get(level, 0) / m for level in levels[1:]])
    gap = p - q
    if not np.any(gap):
        return 0.0
    covariance = (_multinomial(p) + _multinomial(q)) / 2
    if np.linalg.matrix_rank(covariance) < len(gap):
        return None
    return math.sqrt(float(gap @ np.linalg.solve(covariance, gap)))


def _multinomial(shares: np.ndarray) -> np.ndarray:
    return np.diag(shares) - np.outer(shares, shares)
