"""Whether heat maps mark the place that an annotator marked, against chance.

Pointing game (Zhang et al., IJCV 126, 2018): a hit where the highest point lies inside the region. Energy
inside (Wang et al., CVPRW 2020): share of the positive values that lie inside. By chance both are the share
of the picture that the region covers, so a large region gives nothing for free: the measures *above chance*
are means of differences, case by case.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion

POINTING = "pointing_game"
ENERGY = "energy_inside"
ABOVE = "_above_chance"
NO_REGION = "no case has a marked region"
_CHANCE = "by chance: the share of the picture that the region covers"


def localisation(
    maps: NDArray[np.float32], regions: NDArray[np.bool_], *, clusters: Any = None, level: float = 0.95
) -> list[Metric]:
    """Pointing game and energy inside, each with its chance level and what it is above chance.

    Args:
        maps: (n, H, W) signed; positive speaks for the class.
        regions: (n, H, W) what was marked; cases without a region, or all of one, are left out and counted.
        clusters: (n,) patient of each case, or None.
        level: confidence level.

    Returns:
        ``pointing_game``, ``pointing_game_above_chance``, ``energy_inside``, ``energy_inside_above_chance``
            and ``area_share``. A map without any positive value is a miss, and has no energy.

    Raises:
        UsageError: maps and regions are not of one shape.
    """
    if maps.shape != regions.shape or maps.ndim != 3:
        raise UsageError(
            f"maps {maps.shape} and regions {regions.shape} should both be (cases, height, width)"
        )
    area = regions.reshape(len(regions), -1).mean(axis=1, dtype=np.float64)
    usable = (area > 0) & (area < 1)
    hits, energy = (measure(maps, regions) for measure in (hit, energy_inside))
    hits, energy, area = (np.where(usable, values, np.nan) for values in (hits, energy, area))
    fields: dict[str, Any] = {"clusters": clusters, "level": level, "empty": NO_REGION}
    groups = None if clusters is None else np.asarray(clusters)[usable]
    chance = float(area[usable].mean()) if usable.any() else None
    about: dict[str, Any] = {"details": {"by_chance": chance}, "convention": _CHANCE}
    pointing = proportion(
        hits[usable], name=POINTING, clusters=groups, level=level, empty=NO_REGION, convention=_CHANCE
    )
    return [
        pointing.with_(details={**pointing.details, "by_chance": chance}),
        mean_of_cases(hits - area, name=POINTING + ABOVE, least=-1.0, most=1.0, **fields),
        mean_of_cases(energy, name=ENERGY, least=0.0, most=1.0, **about, **fields),
        mean_of_cases(energy - area, name=ENERGY + ABOVE, least=-1.0, most=1.0, **fields),
        mean_of_cases(area, name="area_share", least=0.0, most=1.0, **fields),
    ]


def hit(maps: NDArray[np.float32], regions: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) 1 where the highest point, or every one of several, lies inside; 0 where nothing is positive."""
    flat, inside = maps.reshape(len(maps), -1), regions.reshape(len(maps), -1)
    highest = flat.max(axis=1, keepdims=True)
    top = (flat == highest) & (highest > 0)
    return np.where(highest[:, 0] > 0, (top & inside).any(axis=1) & ~(top & ~inside).any(axis=1), 0.0).astype(
        float
    )


def energy_inside(maps: NDArray[np.float32], regions: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) share of the positive values inside; NaN where there are none."""
    positive = np.maximum(maps, 0).astype(np.float64)
    total = positive.sum(axis=(1, 2))
    inside = (positive * regions).sum(axis=(1, 2))
    return np.divide(inside, total, out=np.full(len(maps), np.nan), where=total > 0)
