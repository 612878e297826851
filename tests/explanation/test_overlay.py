"""Overlays: colours, places, proportions."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import PIL.Image
import pytest

from thirdeye.case.image import Image
from thirdeye.explanation.overlay import (
    RAMP,
    colours,
    display,
    overlay,
    place,
    place_on,
    png_bytes,
    with_colour_bar,
)


def test_the_ramp_is_plasma_and_rises_in_lightness() -> None:
    at = np.linspace(0, 1, 200, dtype=np.float32)
    expected = mpl.colormaps["plasma"](at)[:, :3] * 255
    assert np.abs(colours(at) - expected).max() < 5
    assert (np.diff(RAMP @ np.array([0.2126, 0.7152, 0.0722])) > 0).all()


def test_nothing_is_painted_where_nothing_was_found() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    values = np.zeros((40, 50), np.float32)
    assert np.array_equal(overlay(picture, values), picture)
    values[10, 10] = 1
    painted = overlay(picture, values)
    assert np.argwhere((painted != picture).any(axis=2)).tolist() == [[10, 10]]


def test_a_hot_cell_lands_on_its_place_in_a_squashed_picture() -> None:
    values = np.zeros((4, 4), np.float32)
    values[1, 2] = 1
    placed = place(values, 80, 160, resize="squash")
    row, column = (
        float(np.average(np.arange(n), weights=placed.sum(1 - axis))) for axis, n in enumerate((80, 160))
    )
    assert (row, column) == (pytest.approx(29.5, abs=2), pytest.approx(99.5, abs=2))
    assert placed.max() == pytest.approx(1)


@pytest.mark.parametrize(("height", "width"), [(60, 120), (120, 60)])
def test_padding_is_cut_off(height: int, width: int) -> None:
    values = np.zeros((8, 8), np.float32)
    values[3:5, 3:5] = 1
    placed = place(values, height, width, resize="pad")
    assert placed.shape == (height, width)
    centre = [
        float(np.average(np.arange(n), weights=placed.sum(1 - axis)))
        for axis, n in enumerate((height, width))
    ]
    assert centre == pytest.approx([(height - 1) / 2, (width - 1) / 2], abs=0.5)
    values[:] = 0
    values[0] = 1  # lies in the padding of a wide picture
    assert place(values, 60, 120, resize="pad").max() < 0.1


def test_enlarging_adds_no_second_peak() -> None:
    values = np.zeros((5, 5), np.float32)
    values[2, 2] = 0.6
    placed = place(values, 100, 100, resize="squash")
    assert placed.min() >= 0
    assert placed.max() == pytest.approx(0.6, abs=0.01)
    assert (np.diff(placed[50, :50]) >= 0).all()


def test_an_empty_map_stays_empty() -> None:
    assert place(np.zeros((4, 4), np.float32), 30, 30, resize="squash").max() == 0


@pytest.mark.parametrize(("height", "width"), [(50, 100), (100, 50), (33, 33), (1, 400)])
def test_display_keeps_the_proportions(height: int, width: int) -> None:
    image = Image(np.full((height, width), 4000, np.uint16), 12, "x")
    shown = display(image, intensity="full_range", largest_side=200)
    scale = 200 / max(height, width)
    assert shown.shape == (max(1, round(height * scale)), max(1, round(width * scale)), 3)
    assert (shown == 249).all()


def test_colour_bar_and_png() -> None:
    picture = np.zeros((100, 80, 3), np.uint8)
    with_bar = with_colour_bar(picture)
    assert np.array_equal(with_bar[:, :80], picture)
    assert with_bar.shape[1] > 80
    with PIL.Image.open(io.BytesIO(png_bytes(with_bar))) as again:
        assert np.array_equal(np.asarray(again), with_bar)
        assert again.info == {}


def test_a_map_of_a_part_lies_on_that_part_of_the_picture() -> None:
    rows, columns = np.mgrid[:80, :160]
    lit = np.hypot(rows - 40, columns - 110) < 30
    image = Image((lit * 200).astype(np.uint8), 8, "eye.png")
    wanted = {"size_px": 32, "resize": "squash", "intensity": "full_range"}
    even = np.ones((4, 4), np.float32)
    found = place_on(even, image, 40, 80, wanted={**wanted, "preparation": [["fundus", 0.0]]})
    marked = np.argwhere(found > 0.5)
    assert np.abs(marked.min(axis=0) - (5, 40)).max() <= 1
    assert np.abs(marked.max(axis=0) - (35, 70)).max() <= 1
    assert np.array_equal(place_on(even, image, 40, 80, wanted=wanted), place(even, 40, 80, resize="squash"))


def test_a_part_beyond_the_image_is_cut_off() -> None:
    rows, columns = np.mgrid[:40, :100]
    image = Image(((np.hypot(rows - 20, columns - 50) < 40) * 200).astype(np.uint8), 8, "eye.png")
    wanted = {"size_px": 8, "resize": "pad", "intensity": "full_range", "preparation": [["fundus", 0.0]]}
    values = np.zeros((8, 8), np.float32)
    values[4:] = 1
    found = place_on(values, image, 80, 200, wanted=wanted)
    assert found.shape == (80, 200)
    assert found[60, 100] > 0.8
    assert found[20, 100] < 0.2
    assert found[60, 5] == 0
