"""Turns by a quarter, exact to the pixel, all four equally often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_turns_are_numpys(marked: NDArray[np.uint8]) -> None:
    augmenter = Augmenter([("quarter_turn", 1.0)])
    for turns in range(4):
        result = augmenter.apply(marked, {"quarter_turn": {"turns": turns}})
        assert np.array_equal(result, np.rot90(marked, -turns)), turns


def test_all_four_are_equally_likely() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("quarter_turn").draw(rng, 1.0)["turns"] for _ in range(4000)]
    assert np.allclose(np.bincount(drawn) / 4000, 0.25, atol=0.03)
