"""Fisher's test of two independent proportions, with the mid-p that takes half of its caution away."""

from __future__ import annotations

import numpy as np

from thirdeye.errors import UsageError

TIE = 1e-7


def fisher_midp(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided mid-p of Fisher's test that two independent proportions are equal.

    The tables with the same margins that are less likely than the one seen count whole, those as likely count
    half (Lancaster 1961; Agresti 2013, Categorical Data Analysis, 3.5.6).

    Args:
        x1, n1: hits and cases of the first group.
        x2, n2: of the second.

    Raises:
        UsageError: counts that are no proportion.
    """
    from scipy.special import gammaln

    if not (0 <= x1 <= n1 and 0 <= x2 <= n2 and n1 > 0 and n2 > 0):
        raise UsageError(f"expected hits within cases, got {x1} of {n1} and {x2} of {n2}")
    total = x1 + x2
    hits = np.arange(max(0, total - n2), min(n1, total) + 1)

    def choose(n: int, k: np.ndarray) -> np.ndarray:
        return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)

    logs = choose(n1, hits) + choose(n2, total - hits)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    seen = chances[x1 - hits[0]]
    tied = np.abs(chances - seen) <= TIE * seen
    return float(min(1.0, chances[(chances < seen) & ~tied].sum() + 0.5 * chances[tied].sum()))
