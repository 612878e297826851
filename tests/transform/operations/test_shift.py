"""Moves by fractions of the side; positive to the right and down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_the_block_goes_right_and_down(marked: NDArray[np.uint8]) -> None:
    pixels = 6 / (64 - 1)
    result = Augmenter([("shift", 0.2)]).apply(marked, {"shift": {"x": pixels, "y": pixels / 2}})
    red = (result[..., 0] > 200) & (result[..., 1] < 60)
    rows, columns = np.nonzero(red)
    assert (rows.mean(), columns.mean()) == (13.5 + 3, 13.5 + 6)


def test_it_stays_within_its_strength() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("shift").draw(rng, 0.1) for _ in range(500)]
    assert max(max(abs(one["x"]), abs(one["y"])) for one in drawn) <= 0.1
