"""A rectangle becomes the image's mean; the rest is untouched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_one_rectangle_is_covered(marked: NDArray[np.uint8]) -> None:
    drawn = {"erase": {"top": 0.25, "left": 0.5, "height": 0.25, "width": 0.125}}
    result = Augmenter([("erase", 1.0)]).apply(marked, drawn)
    assert (result[16:32, 32:40] == marked.mean(axis=(0, 1)).astype(np.uint8)).all()
    outside = np.ones((64, 64), bool)
    outside[16:32, 32:40] = False
    assert np.array_equal(result[outside], marked[outside])


def test_areas_stay_between_two_and_fifteen_per_cent_and_inside() -> None:
    rng = np.random.default_rng(0)
    for _ in range(500):
        drawn = operations.get("erase").draw(rng, 1.0)
        assert 0.02 <= drawn["height"] * drawn["width"] <= 0.15 + 1e-9
        assert drawn["top"] + drawn["height"] <= 1
        assert drawn["left"] + drawn["width"] <= 1
