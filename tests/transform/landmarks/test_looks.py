from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.inference.landmarks.locate import Finder
from thirdeye.inference.landmarks.points import Points
from thirdeye.transform.landmarks.canvas import Canvas
from thirdeye.transform.landmarks.looks import First, Second, mean_heat, second_look

CANVAS = Canvas(128, 64, 0.05, 1, "range")
FIRST = First(CANVAS, 4, 1.0, True, "local_mean", False, (1, 0), 0.0)
SECOND = Second(2.0, 64, 2, 1.0, 6.0, "local_mean")


@dataclass
class _Brightest:
    """Draws the picture itself: landmark 0 is what is bright in the left half, 1 what is in the right."""

    stride: int
    sharpness: float = 12.0

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        values = windows[:, 0] + 1
        n, height, width = values.shape
        cells = values.reshape(n, height // self.stride, self.stride, width // self.stride, self.stride)
        cells = cells.mean(axis=(2, 4)) * self.sharpness
        left, right = cells.copy(), cells.copy()
        left[:, :, width // self.stride // 2 :] = -99
        right[:, :, : width // self.stride // 2] = -99
        return np.stack([left, right], axis=1)


@dataclass
class _Everywhere(_Brightest):
    """Draws everything bright for every landmark: only the first look tells which is which."""

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        maps = super().run(windows).max(axis=1)
        return np.stack([maps, maps], axis=1)


def _picture(spots: list[tuple[float, float]], sides: tuple[int, int] = (400, 200)) -> Image:
    rows, columns = np.indices(sides) + 0.5
    pixels = sum(np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 9.0**2)) for x, y in spots)
    return Image((220 * np.clip(pixels, 0, 1)).astype(np.uint8), 8, "x.png")


SPOTS = [(52.3, 120.8), (149.1, 260.4)]


def test_places_are_in_pixels_of_the_image() -> None:
    found = Finder([_Brightest(4)], [], FIRST, None, None).find(_picture(SPOTS))
    np.testing.assert_allclose(found.xy, SPOTS, atol=5)
    assert (found.certainty > 0.5).all()


def test_a_second_look_is_closer() -> None:
    first = Finder([_Brightest(4)], [], FIRST, None, None).find(_picture(SPOTS))
    both = Finder([_Brightest(4)], [_Everywhere(2)], FIRST, SECOND, None).find(_picture(SPOTS))
    gaps = [np.linalg.norm(found.xy - SPOTS, axis=1).mean() for found in (first, both)]
    assert gaps[1] < min(0.8, gaps[0])


def test_the_second_look_goes_by_what_the_first_expects() -> None:
    picture = np.zeros((1, 128, 128), np.float32) - 1
    for x, y in ((50, 60), (78, 60)):
        picture[0, y - 3 : y + 3, x - 3 : x + 3] = 1
    expected = np.array([[53.0, 62.0], [76.0, 58.0]])
    found, sure = second_look([_Everywhere(2, 10.0)], picture, expected, SECOND)
    np.testing.assert_allclose(found, [[50, 60], [78, 60]], atol=1.5)
    assert (sure > 0.5).all()


def test_the_mirror_image_is_turned_back_and_renamed() -> None:
    picture = np.zeros((1, 128, 64), np.float32) - 1
    picture[0, 30:34, 10:14] = 1
    picture[0, 90:94, 50:54] = 1
    plain = mean_heat([_Brightest(4)], picture, FIRST, mirrored=False)
    both = mean_heat([_Brightest(4)], picture, FIRST, mirrored=True)
    np.testing.assert_allclose(both, plain, atol=1e-5)


def test_members_are_averaged() -> None:
    picture = np.random.default_rng(0).uniform(-1, 1, (1, 128, 64)).astype(np.float32)
    one, other = _Brightest(4, 5.0), _Brightest(4, 20.0)
    parts = [mean_heat([engine], picture, FIRST, mirrored=False) for engine in (one, other)]
    both = mean_heat([one, other], picture, FIRST, mirrored=False)
    np.testing.assert_allclose(both, (parts[0] + parts[1]) / 2, atol=1e-6)


def test_points_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3,\)"):
        Points(np.zeros((2, 2)), np.zeros(3))


def test_another_decoding_reads_the_same_place() -> None:
    other = replace(FIRST, decoding="dark")
    found = Finder([_Brightest(4)], [], other, None, None).find(_picture(SPOTS))
    np.testing.assert_allclose(found.xy, SPOTS, atol=4.5)
