"""The top moves against the bottom, the middle stays."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_rows_move_by_their_distance_from_the_middle(marked: NDArray[np.uint8]) -> None:
    line = np.zeros_like(marked)
    line[:, 31:33] = 255
    result = Augmenter([("shear", 20.0)]).apply(line, {"shear": {"degrees": 20.0}})
    centre = [np.average(np.arange(64), weights=row[:, 0].astype(float)) for row in result[10:54]]
    slope = np.polyfit(np.arange(10, 54), centre, 1)[0]
    assert slope == pytest.approx(np.tan(np.radians(20)), rel=0.02)


def test_angles_stay_within_the_strength() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("shear").draw(rng, 10.0)["degrees"] for _ in range(500)]
    assert 9 < max(map(abs, drawn)) <= 10
