"""Larger around the centre for factors above one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_a_factor_of_two_shows_the_middle(marked: NDArray[np.uint8]) -> None:
    block = np.zeros_like(marked)
    block[24:40, 24:40] = 255
    result = Augmenter([("zoom", 1.0)]).apply(block, {"zoom": {"x": 2.0, "y": 2.0}})
    assert (result[..., 0] > 127).sum() == pytest.approx(4 * 16 * 16, rel=0.06)


def test_sides_stay_alike_and_factors_within_the_strength() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        drawn = operations.get("zoom").draw(rng, 0.2)
        assert abs(np.log(drawn["x"] / drawn["y"])) <= 0.1 + 1e-12
        assert 1 / 1.2 <= np.sqrt(drawn["x"] * drawn["y"]) <= 1.2
