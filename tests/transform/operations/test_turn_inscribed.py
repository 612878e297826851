"""The largest upright square within a turned image: nothing from outside comes into view."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


@pytest.mark.parametrize("degrees", [0.0, 12.0, 45.0, 80.0, 133.0, -170.0])
def test_the_square_touches_the_turned_image_and_does_not_leave_it(degrees: float) -> None:
    matrix = operations.get("turn_inscribed").matrix({"degrees": degrees})
    corners = np.array([[x, y, 1.0] for x in (-1, 1) for y in (-1, 1)]).T
    source = (np.linalg.inv(matrix) @ corners)[:2]
    assert np.abs(source).max() == pytest.approx(1.0)


def test_a_quarter_turn_enlarges_nothing(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("turn_inscribed", 180.0)]).apply(marked, {"turn_inscribed": {"degrees": 90.0}})
    assert np.array_equal(result, np.rot90(marked, -1))


def test_angles_fill_the_circle() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("turn_inscribed").draw(rng, 180.0)["degrees"] for _ in range(2000)]
    assert np.std(drawn) == pytest.approx(360 / np.sqrt(12), rel=0.05)
