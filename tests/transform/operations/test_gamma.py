"""A power of the grey values; black and white stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_a_square(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("gamma", 1.0)]).apply(marked, {"gamma": {"exponent": 2.0}})
    assert np.abs(result - (marked / 255) ** 2 * 255).max() <= 0.5 + 1e-6


def test_black_and_white_stay() -> None:
    ends = operations.get("gamma").curve(np.array([-0.2, 0.0, 1.0, 1.4]), {"exponent": 0.7})
    assert np.array_equal(ends, [0, 0, 1, 1])
