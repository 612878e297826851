"""Ways to be poorer change what they say, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.preparation import painted

SQUARE = np.random.default_rng(0).integers(40, 200, (48, 48, 3)).astype(np.uint8)


def test_blur_takes_the_fine_grain_away() -> None:
    found = painted(SQUARE, (("blurred", 0.04),)).astype(float)
    assert found.std() < 0.4 * SQUARE.std()
    assert found.mean() == pytest.approx(SQUARE.mean(), abs=2)


def test_grain_has_its_standard_deviation_and_is_the_images_own() -> None:
    even = np.full((64, 64, 3), 128, np.uint8)
    found = painted(even, (("grainy", 0.05),))
    assert found.std() == pytest.approx(0.05 * 255, rel=0.05)
    assert np.array_equal(found, painted(even, (("grainy", 0.05),)))
    other = painted(even + 1, (("grainy", 0.05),)).astype(int) - 1
    assert not np.array_equal(found, other)


def test_darkness_takes_a_share_of_the_light() -> None:
    assert painted(SQUARE, (("dark", 0.25),)).mean() == pytest.approx(0.75 * SQUARE.mean(), abs=0.5)


@pytest.mark.parametrize("step", ["blurred", "grainy", "dark"])
def test_a_strength_of_nothing_changes_nothing(step: str) -> None:
    assert np.array_equal(painted(SQUARE, ((step, 0.0),)), SQUARE)
