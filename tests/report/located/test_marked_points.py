from __future__ import annotations

from io import BytesIO

import numpy as np
import PIL.Image

from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB
from thirdeye.report.located.marked_points import SIDE, marked


def opened(png: bytes) -> np.ndarray:
    return np.asarray(PIL.Image.open(BytesIO(png)), int)


def share(pixels: np.ndarray, colour: tuple[int, int, int]) -> float:
    return float((np.abs(pixels - np.array(colour)).sum(axis=2) < 40).mean())


def test_both_colours_and_the_lines() -> None:
    places = np.array([[20.0, 20], [80, 20], [50, 90]])
    ground = np.full((100, 100), 90, np.uint8)
    plain = opened(marked(ground, places, places + 4))
    assert max(plain.shape[:2]) == SIDE
    assert share(plain, EXPERT_RGB) > 0
    assert share(plain, NETWORK_RGB) > 0
    lined = opened(marked(ground, places, places + 4, found_lines=[((20.0, 50.0), (80.0, 50.0))]))
    assert share(lined, NETWORK_RGB) > 2 * share(plain, NETWORK_RGB)


def test_missing_and_distant_points_are_no_trouble() -> None:
    places = np.array([[20.0, 20], [80, 20]])
    lost = np.full((2, 2), np.nan)
    only = opened(marked(np.zeros((100, 100, 3), np.uint8), places, lost))
    assert share(only, NETWORK_RGB) == 0
    assert opened(marked(np.zeros((40, 30), np.uint8), lost, lost)).shape == (640, 480, 3)
    assert opened(marked(np.zeros((40, 30), np.uint8), places + 1e6, lost)).shape == (640, 480, 3)


def test_pixels_that_are_not_square_are_shown_in_proportion() -> None:
    places = np.array([[10.0, 10], [90, 90]])
    pixels = opened(marked(np.zeros((100, 100), np.uint8), places, places, spacing=(2.0, 1.0)))
    assert pixels.shape[0] > 1.9 * pixels.shape[1]
