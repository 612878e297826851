from __future__ import annotations

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest
from scipy import ndimage

from thirdeye.case.image import Image
from thirdeye.intake.gauges.marks import gauge


def film(side: int) -> np.ndarray:
    """A soft grey field, darker at the edges."""
    noise = np.random.default_rng(0).normal(size=(side, side))
    axis = np.linspace(-1, 1, side)
    body = 170 * np.exp(-(axis[:, None] ** 2 + axis[None] ** 2))
    return (body + ndimage.gaussian_filter(noise, 3) * 40).clip(0, 220)


def written(text: str, place: tuple[float, float], side: int = 512) -> Image:
    picture = PIL.Image.fromarray(film(side).astype(np.uint8))
    font = PIL.ImageFont.load_default(size=side // 14)
    PIL.ImageDraw.Draw(picture).text((place[0] * side, place[1] * side), text, fill=255, font=font)
    return Image(np.asarray(picture), 8, "x")


@pytest.mark.parametrize("side", [256, 512, 1500])
def test_a_letter_near_the_edge_is_found_where_it_is(side: int) -> None:
    measured = gauge(written("R", (0.06, 0.1), side))
    assert measured["marks"] == measured["marks_upper_left"] == 1


def test_each_letter_counts() -> None:
    measured = gauge(written("A P", (0.7, 0.84)))
    assert measured["marks_lower_right"] == measured["marks"] == 2


def test_no_letter_in_the_middle_or_where_there_is_none() -> None:
    assert gauge(written("R", (0.5, 0.5)))["marks"] == 0
    assert gauge(Image(film(512).astype(np.uint8), 8, "x"))["marks"] == 0
