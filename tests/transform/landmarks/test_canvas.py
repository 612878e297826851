from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.transform.landmarks.canvas import Canvas, placed

CANVAS = Canvas(64, 32, 0.05, 1, "range")


def _image(height: int, width: int) -> Image:
    pixels = np.full((height, width), 40, np.uint8)
    return Image(pixels, 8, "x.png")


@pytest.mark.parametrize("sides", [(200, 50), (50, 200), (64, 32), (20, 10), (333, 77)])
def test_an_image_of_any_shape_lies_inside_the_margin(sides: tuple[int, int]) -> None:
    frame = CANVAS.frame(*sides)
    corners = frame.onto(np.array([[0.0, 0.0], [sides[1], sides[0]]]))
    assert (corners[0] >= [32 * 0.05 - 1, 64 * 0.05 - 1]).all()
    assert (corners[1] <= [32 * 0.95 + 1, 64 * 0.95 + 1]).all()


def test_places_go_onto_the_canvas_and_back() -> None:
    frame = CANVAS.frame(333, 77)
    places = np.random.default_rng(0).uniform(-20, 350, (9, 2))
    np.testing.assert_allclose(frame.back(frame.onto(places)), places, atol=1e-9)


def test_a_spot_lies_where_its_place_is_said_to_be() -> None:
    image = _image(240, 120)
    pixels = np.array(image.pixels)
    pixels[100:108, 60:68] = 240
    array = placed(Image(pixels, 8, "x.png"), CANVAS)
    expected = CANVAS.frame(240, 120).onto(np.array([[64.0, 104.0]]))[0]
    bright = np.maximum(array[0] - (40 / 127.5 - 1), 0)
    bright[array[0] < -0.6] = 0  # the border
    rows, columns = np.indices(bright.shape)
    found = [(bright * (grid + 0.5)).sum() / bright.sum() for grid in (columns, rows)]
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_the_border_has_the_darkest_value_of_the_image() -> None:
    array = placed(_image(240, 120), CANVAS)
    assert array.shape == (1, 64, 32)
    np.testing.assert_allclose(array, 40 / 127.5 - 1, atol=1e-6)


def test_a_zoomed_canvas_shows_the_same_finer() -> None:
    finer = CANVAS.zoomed(2.5)
    assert (finer.height, finer.width) == (160, 80)
    place = np.array([[60.0, 120.0]])
    np.testing.assert_allclose(
        finer.frame(240, 120).onto(place) / 2.5, CANVAS.frame(240, 120).onto(place), atol=1.0
    )
