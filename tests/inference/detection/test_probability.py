"""Maps of a sliding detector on the pixels of the image."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.inference.detection.detector import Detector, MappingDetector
from thirdeye.inference.detection.probability import SlidingProbabilities
from thirdeye.inference.sliding.detector import SlidingDetector
from thirdeye.transform.sliding.settings import SlidingSettings
from thirdeye.transform.sliding.tiles import Field
from thirdeye.transform.sliding.view import View


def test_pixels_lie_between_the_cells_that_were_asked() -> None:
    cells = np.arange(4, dtype=np.float32) * 0.1 + np.zeros((1, 3, 1), np.float32)
    maps = SlidingProbabilities((9, 14), ("cell",), cells, (4.0, 4.0))
    ((name, values),) = list(maps)
    assert name == "cell"
    assert values.shape == (9, 14)
    expected = np.clip((np.arange(14) + 0.5) / 4, 0, 3) * 0.1
    np.testing.assert_allclose(values, np.broadcast_to(expected, (9, 14)), atol=1e-6)


def test_one_cell_is_everywhere() -> None:
    maps = SlidingProbabilities((3, 5), ("a",), np.full((1, 1, 1), 0.25, np.float32), (8.0, 8.0))
    np.testing.assert_array_equal(maps.of(1), np.full((3, 5), 0.25, np.float32))


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_spot_is_probable_where_it_is(scale: float) -> None:
    field = Field(patch=8, stride=4, tile=16)
    how = SlidingSettings(View(scale, 1), field, ((8.0, 8.0),), 2.0, 8.0)

    def engine(tile: np.ndarray) -> np.ndarray:
        rows, columns = ((side - 8) // 4 + 1 for side in tile.shape[2:])
        middle = tile[0, 0, 3 : 3 + 4 * rows : 4, 3 : 3 + 4 * columns : 4]
        return np.stack([-4 * middle, 4 * middle])[None]

    pixels = np.zeros((96, 128), np.uint8)
    pixels[50:67, 80:97] = 255
    detector: Detector = SlidingDetector([engine], how)
    assert isinstance(detector, MappingDetector)
    image = Image(pixels, 8, "spot")
    found, cells = detector.find_mapped(image)
    values = SlidingProbabilities((96, 128), ("spot",), cells, detector.step(image)).of(1)
    assert values[58, 88] > 0.9
    assert values[20, 20] < 0.1
    row, column = np.argwhere(values > 0.5).mean(axis=0)
    assert row == pytest.approx(58, abs=4)
    assert column == pytest.approx(88, abs=4)
    again = detector.find(image)
    np.testing.assert_array_equal(again.boxes, found.boxes)
