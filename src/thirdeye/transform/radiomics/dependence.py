"""How many neighbours share a grey level, NGLDM or GLDM (Sun and Wee 1983; IBSI 3.11)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.radiomics.emphasis import emphases
from thirdeye.transform.radiomics.region import Region, directions, pair_slices


def dependence_table(region: Region, *, tolerance: int = 0) -> NDArray[np.int64]:
    """Counts (N, 3^d) by level and number of dependent neighbours plus one.

    Args:
        region: the levels.
        tolerance: a neighbour depends on an element when their levels differ by no more than this.
    """
    levels = region.levels
    dependent = np.ones(levels.shape, dtype=np.intp)
    for offset in directions(levels.ndim):
        here, there = pair_slices(offset)
        first, second = levels[here], levels[there]
        alike = first == second if tolerance == 0 else np.abs(first - second) <= tolerance
        alike = alike & (first > 0) & (second > 0)
        dependent[here] += alike
        dependent[there] += alike
    most = 3**levels.ndim
    inside = region.inside
    place = (levels[inside] - 1) * most + dependent[inside] - 1
    return np.bincount(place, minlength=region.n_levels * most).reshape(region.n_levels, most)


def dependence_features(region: Region, *, tolerance: int = 0) -> dict[str, float]:
    """The sixteen features of the IBSI that can differ (the dependence percentage is always 1)."""
    table = dependence_table(region, tolerance=tolerance)
    found = emphases(table, small="low_dependence", large="high_dependence", what="dependence")
    return found | {"dependence_energy": float(((table / table.sum()) ** 2).sum())}
