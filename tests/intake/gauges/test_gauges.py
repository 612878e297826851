"""What every gauge owes: the same columns for every picture, however small, and no failure."""

from __future__ import annotations

import math

import numpy as np
import pytest

import thirdeye.intake.gauges  # noqa: F401 - enters the gauges
from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES

PICTURES: dict[str, np.ndarray] = {
    "one pixel": np.zeros((1, 1), np.uint8),
    "one row": np.arange(5, dtype=np.uint8)[None],
    "flat": np.full((40, 40), 7, np.uint8),
    "colour": np.random.default_rng(0).integers(0, 256, (50, 30, 3), dtype=np.uint8),
    "16 bits": np.random.default_rng(0).integers(0, 4096, (70, 300)).astype(np.uint16),
    "float": np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32) * 1e30,
    "large": np.random.default_rng(0).integers(0, 256, (900, 1100), dtype=np.uint8),
}


@pytest.mark.parametrize("name", GAUGES.names())
@pytest.mark.parametrize("kind", PICTURES)
def test_any_picture_can_be_measured(name: str, kind: str) -> None:
    gauge = GAUGES.get(name)
    columns = gauge(Image(PICTURES["colour"], 8, "x"))
    values = gauge(Image(PICTURES[kind], 8, "x"))
    assert list(values) == list(columns)
    assert all(isinstance(value, int | float) and not math.isinf(value) for value in values.values())


@pytest.mark.parametrize("name", GAUGES.names())
def test_no_gauge_changes_the_picture(name: str) -> None:
    pixels = PICTURES["large"].copy()
    GAUGES.get(name)(Image(pixels, 8, "x"))
    assert (pixels == PICTURES["large"]).all()
