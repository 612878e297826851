"""What runs, zones and dependences have in common: a table of grey level by length (IBSI 3.7, 3.8, 3.11)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def emphases(
    table: NDArray[Any], *, small: str, large: str, what: str, lengths: NDArray[Any] | None = None
) -> dict[str, float]:
    """Fifteen features of a table of counts, entropies in bits; all 0 for an empty table.

    Args:
        table: (N, L) counts of grey level 1..N by length.
        small, large: how short and long ones are called ("short_run", "long_run").
        what: what is counted ("run", "zone", "dependence").
        lengths: (L,) of the columns; by default 1..L.
    """
    total = float(table.sum()) or 1.0
    rows, cols = np.nonzero(table)  # few cells are filled
    p = table[rows, cols] / total
    i, j = rows + 1.0, (cols + 1.0 if lengths is None else lengths[cols].astype(np.float64))
    by_level, by_length = table.sum(axis=1) / total, table.sum(axis=0) / total
    level_mean, length_mean = float(p @ i), float(p @ j)
    return {
        f"{small}_emphasis": float(p @ j**-2),
        f"{large}_emphasis": float(p @ j**2),
        "low_grey_level_emphasis": float(p @ i**-2),
        "high_grey_level_emphasis": float(p @ i**2),
        f"{small}_low_grey_level_emphasis": float(p @ (i * j) ** -2),
        f"{small}_high_grey_level_emphasis": float(p @ (i / j) ** 2),
        f"{large}_low_grey_level_emphasis": float(p @ (j / i) ** 2),
        f"{large}_high_grey_level_emphasis": float(p @ (i * j) ** 2),
        "grey_level_non_uniformity": float((by_level**2).sum()) * total,
        "normalised_grey_level_non_uniformity": float((by_level**2).sum()),
        f"{what}_length_non_uniformity": float((by_length**2).sum()) * total,
        f"normalised_{what}_length_non_uniformity": float((by_length**2).sum()),
        "grey_level_variance": float(p @ (i - level_mean) ** 2),
        f"{what}_length_variance": float(p @ (j - length_mean) ** 2),
        f"{what}_entropy": float(-(p * np.log2(p)).sum()) + 0.0,
    }
