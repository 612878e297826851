"""Cases in millimetres and cases in pixels are never averaged under one unit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.mask_evidence import OTHER_UNIT, main_unit, mask_evidence
from thirdeye.evaluation.mask_scores import MaskScore, score_masks


def _scores(spacings: list[tuple[float, float] | None]) -> list[MaskScore]:
    found = []
    for number, spacing in enumerate(spacings):
        truth, other = np.zeros((2, 40, 40), np.uint8)
        truth[5:20, 5:20] = 1
        other[5 + number % 4 : 20, 5:20] = 1
        found += score_masks(f"c{number}", truth, other, structures=("lump",), spacing=spacing)
    return found


def _evidence(spacings: list[tuple[float, float] | None], unit: str) -> dict[str, Any]:
    return mask_evidence(
        _scores(spacings), structures=("lump",), clusters=None, unit=unit, tolerance=2.0, n_resamples=50
    )


def _metric(entry: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in entry["metrics"] if one["name"] == name)


def test_lengths_are_of_the_cases_in_millimetres_alone() -> None:
    mixed = _evidence([(2.0, 2.0)] * 12 + [None] * 4, "mm")
    alone = _evidence([(2.0, 2.0)] * 12, "mm")
    for name in ("hd95_max_of_directed", "assd_pooled", "nsd_2mm"):
        found = _metric(mixed, name)
        assert found["value"] == pytest.approx(_metric(alone, name)["value"])
        assert found["n"] == found["n_clusters"] == 12
        assert found["n_excluded"] == {OTHER_UNIT["mm"]: 4}
    assert _metric(mixed, "dice")["n"] == 16
    assert _metric(mixed, "dice")["n_excluded"] == {}
    assert mixed["sizes"][0]["n"] == 12
    assert mixed["warnings"][0].startswith("12 of 16 images state the distance of their pixels")
    assert {case["unit"] for case in mixed["cases"]} == {"mm", "px"}


def test_most_cases_decide_the_unit() -> None:
    assert main_unit(_scores([None] * 3 + [(1.0, 1.0)])) == "px"
    assert main_unit(_scores([None, (1.0, 1.0)])) == "mm"
    entry = _evidence([None] * 3 + [(1.0, 1.0)], "px")
    assert _metric(entry, "hd95_max_of_directed")["n"] == 3
    assert entry["warnings"][0].startswith("3 of 4 images do not state")


def test_one_unit_is_as_before() -> None:
    entry = _evidence([(1.0, 1.0)] * 4, "mm")
    assert entry["warnings"] == []
    assert OTHER_UNIT["mm"] not in _metric(entry, "hd95_max_of_directed")["n_excluded"]
