"""How strongly two columns go together."""

from __future__ import annotations

import pandas as pd


def chi_square(counts: pd.DataFrame) -> tuple[float, int]:
    """Pearson's chi-square of a table of counts, and its degrees of freedom; empty lines drop out."""
    table = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0].to_numpy(dtype=float)
    if table.size == 0:
        return 0.0, 0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    return float(((table - expected) ** 2 / expected).sum()), (table.shape[0] - 1) * (table.shape[1] - 1)


def cramers_v(counts: pd.DataFrame) -> float:
    """Cramer's V of a table of counts with Bergsma's correction of its bias (2013), 0 to 1."""
    n = float(counts.to_numpy().sum())
    table = counts.loc[counts.sum(axis=1) > 0, counts.sum() > 0]
    r, k = table.shape
    if min(r, k) < 2 or n < 2:
        return 0.0
    phi = max(0.0, chi_square(counts)[0] / n - (r - 1) * (k - 1) / (n - 1))
    least = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return float(min(1.0, (phi / least) ** 0.5)) if least > 0 else 0.0
