"""Gaussian grain of the drawn width, equal in all channels, without a shift of the mean."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_width_and_mean_of_the_grain() -> None:
    flat = np.full((64, 64, 3), 128, np.uint8)
    result = Augmenter([("noise", 0.1)]).apply(flat, {"noise": {"sigma": 0.05, "seed": 1}}).astype(float)
    assert result.std() == pytest.approx(0.05 * 255, rel=0.05)
    assert result.mean() == pytest.approx(128, abs=0.6)
    assert np.array_equal(result[..., 0], result[..., 1])


def test_every_second_image_stays_clean() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("noise").draw(rng, 0.1)["sigma"] for _ in range(1000)]
    assert abs(np.mean(np.array(drawn) == 0) - 0.5) < 0.05
    assert max(drawn) <= 0.1
