"""A constant is added, clipped at the ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_an_offset_of_a_tenth(marked: NDArray[np.uint8]) -> None:
    result = Augmenter([("brightness", 0.2)]).apply(marked, {"brightness": {"offset": 0.1}})
    expected = np.clip(np.rint(marked + 25.5 - 1e-9), 0, 255)
    assert np.abs(result.astype(int) - expected).max() <= 1


def test_offsets_stay_within_the_strength() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("brightness").draw(rng, 0.2)["offset"] for _ in range(500)]
    assert -0.2 <= min(drawn) < -0.15
    assert 0.15 < max(drawn) <= 0.2
