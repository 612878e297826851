"""Localisation: do the maps mark what an annotator marked?"""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.evaluation.localisation import ABOVE, ENERGY, POINTING, energy_inside, hit, localisation
from thirdeye.evaluation.metric import Metric
from thirdeye.explanation.method import Maps

SIDE = 96  # of the grid on which maps and regions meet


def judge_regions(maps: Maps, regions: NDArray[np.bool_], *, patients: Any) -> dict[str, Any]:
    """Pointing game and energy inside, JSON-ready; see `thirdeye.evaluation.localisation`.

    Args:
        maps: (n, h, w) signed.
        regions: (n, SIDE, SIDE), from `on_grid`.
        patients: (n,).
    """
    large = np.stack([enlarged(one) for one in maps]) if len(maps) else np.zeros((0, SIDE, SIDE), np.float32)
    measured: dict[str, Metric] = {
        one.name: one for one in localisation(large, regions, clusters=np.asarray(patients))
    }
    return {
        "above_chance": any((measured[name + ABOVE].ci_low or 0) > 0 for name in (POINTING, ENERGY)),
        "below_chance": _below(measured[POINTING + ABOVE])
        and (measured[ENERGY + ABOVE].value is None or _below(measured[ENERGY + ABOVE])),
        "measures": {name: one.as_json() for name, one in measured.items()},
        "by_image": _by_image(large, regions),
        "source": "Zhang et al., IJCV 2018; Wang et al., CVPRW 2020",
    }


def on_grid(region: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A region (S, S) on the prepared square as (SIDE, SIDE).

    Cells that are at least half marked, or marked at all where none is.
    """
    grey = PIL.Image.fromarray(region.astype(np.uint8) * 255)
    share = np.asarray(grey.resize((SIDE, SIDE), PIL.Image.Resampling.BOX))
    half: NDArray[np.bool_] = share >= 128
    return half if half.any() else share > 0


def enlarged(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map (h, w) as (SIDE, SIDE), bilinear."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(picture.resize((SIDE, SIDE), PIL.Image.Resampling.BILINEAR))


def _below(one: Metric) -> bool:
    return one.ci_high is not None and one.ci_high < 0


def _by_image(maps: Maps, regions: NDArray[np.bool_]) -> list[float | None]:
    """Hit and energy above chance, averaged; None without a region or without energy."""
    area = regions.reshape(len(regions), -1).mean(axis=1)
    both = (hit(maps, regions) + energy_inside(maps, regions)) / 2 - area
    defined = (area > 0) & ~np.isnan(both)
    return [round(float(value), 4) if known else None for value, known in zip(both, defined, strict=True)]
