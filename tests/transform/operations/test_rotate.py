"""Turns around the centre; positive angles clockwise on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_ninety_degrees_are_a_quarter_turn(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("rotate", 90.0)]).apply(marked, {"rotate": {"degrees": 90.0}})
    assert np.array_equal(result, np.rot90(marked, -1))


def test_a_small_angle_moves_the_top_to_the_right(marked: NDArray[np.uint8]) -> None:
    dot = np.zeros_like(marked)
    dot[2:6, 30:34] = 255
    result = Augmenter([("rotate", 20.0)]).apply(dot, {"rotate": {"degrees": 20.0}})
    _, columns = np.nonzero(result[:20, :, 0] > 100)
    assert columns.mean() == pytest.approx(31.5 + np.sin(np.radians(20)) * 28, abs=1)


def test_angles_fill_the_range_evenly() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([operations.get("rotate").draw(rng, 15.0)["degrees"] for _ in range(2000)])
    assert np.abs(drawn).max() <= 15
    assert drawn.std() == pytest.approx(15 / np.sqrt(3), rel=0.05)
