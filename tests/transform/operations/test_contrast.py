"""Distances from the middle grey are multiplied."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_a_factor_of_two(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("contrast", 1.0)]).apply(marked, {"contrast": {"factor": 2.0}})
    expected = np.clip((marked / 255 - 0.5) * 2 + 0.5, 0, 1) * 255
    assert np.abs(result - expected).max() <= 0.5 + 1e-6


def test_factors_are_even_on_a_log_scale() -> None:
    rng = np.random.default_rng(0)
    drawn = np.log([operations.get("contrast").draw(rng, 0.5)["factor"] for _ in range(2000)])
    assert np.abs(drawn).max() <= np.log(1.5)
    assert abs(drawn.mean()) < 0.02
