"""Left becomes right, to the pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_columns_are_reversed(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("flip_horizontal", 1.0)])(marked, np.random.default_rng(0))
    assert np.array_equal(result, marked[:, ::-1])


def test_strength_is_a_probability() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("flip_horizontal").draw(rng, 0.3)["flip"] for _ in range(2000)]
    assert abs(np.mean(drawn) - 0.3) < 0.04
