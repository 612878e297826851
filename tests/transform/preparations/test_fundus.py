"""The lit field of an eye photograph is found whatever the camera."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.transform.preparation import Frame
from thirdeye.transform.preparations.fundus import Fundus


def field(height: int, width: int, radius: float, row: float, column: float) -> Image:
    rows, columns = np.mgrid[:height, :width] + 0.5
    lit = np.hypot(rows - row, columns - column) < radius
    return Image((lit * 180).astype(np.uint8), 8, "x.png")


@pytest.mark.parametrize("strength", [0.0, 0.1])
def test_the_square_lies_around_the_disc(strength: float) -> None:
    found = Fundus().frame(field(100, 140, 40, 50, 80), strength)
    side = round(80 * (1 + strength))
    assert abs(found.height - side) <= 2
    assert abs(found.top + found.height / 2 - 50) <= 1
    assert abs(found.left + found.width / 2 - 80) <= 1


def test_a_disc_cut_above_and_below_reaches_beyond_the_image() -> None:
    found = Fundus().frame(field(60, 140, 40, 30, 70), 0.0)
    assert found.top < -5
    assert abs(found.height - 80) <= 2


def test_dust_and_a_bright_word_at_the_edge_do_not_count() -> None:
    image = field(100, 140, 40, 50, 80)
    pixels = image.pixels.copy()
    pixels[1, 3] = 255
    assert Fundus().frame(Image(pixels, 8, "x.png"), 0.0) == Fundus().frame(image, 0.0)


@pytest.mark.parametrize("value", [0, 7, 255])
def test_an_image_without_a_field_is_kept_whole(value: int) -> None:
    image = Image(np.full((30, 40, 3), value, np.uint8), 8, "x.png")
    assert Fundus().frame(image, 0.0) == Frame(-5, 0, 40, 40)


def test_deep_grey_and_floats_are_taken() -> None:
    image = field(100, 140, 40, 50, 80)
    deep = Image(image.pixels.astype(np.uint16) * 50 + 300, 16, "x")
    floats = Image(image.pixels.astype(np.float32) - 1000, 32, "x")
    assert Fundus().frame(deep, 0.0) == Fundus().frame(floats, 0.0) == Fundus().frame(image, 0.0)
