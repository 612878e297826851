from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.inference.landmarks.drawing import DOUBTFUL, SMALLEST, SURE, drawn
from thirdeye.inference.landmarks.points import Points


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_dots_lie_on_their_places_in_the_colour_of_their_certainty(dtype: type) -> None:
    image = Image(np.full((100, 80), 90, dtype), 8 if dtype is np.uint8 else 12, "x.png")
    points = Points(np.array([[20.0, 30.0], [60.0, 70.0], [np.nan, np.nan]]), np.array([0.9, 0.1, 0.0]))
    picture = drawn(image, points, ("a", "b", "c"), doubtful_below=0.5)
    factor = SMALLEST / 100
    assert picture.size == (round(80 * factor), round(100 * factor))
    assert picture.getpixel((round(20 * factor), round(30 * factor))) == SURE
    assert picture.getpixel((round(60 * factor), round(70 * factor))) == DOUBTFUL


def test_a_point_outside_the_picture_does_no_harm() -> None:
    image = Image(np.zeros((900, 300, 3), np.uint8), 8, "x.png")
    picture = drawn(image, Points(np.array([[310.0, 905.0]]), np.ones(1)), ("a",), 0.5)
    assert picture.size == (300, 900)
