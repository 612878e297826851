"""From a picture with a bright dot to a box around it, in pixels of the stored image."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.transform.sliding.peaks import Peaks
from thirdeye.transform.sliding.settings import SlidingSettings, boxes_around, centres_seen, peaks_of
from thirdeye.transform.sliding.tiles import Field
from thirdeye.transform.sliding.view import View, seen

HOW = SlidingSettings(View(0.5, 1), Field(8, 4, 16), ((20.0, 10.0),), 2.0, 8.0)


def _brightness(tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the middle 4 x 4 of each 8 x 8 patch as a probability."""
    windows = np.lib.stride_tricks.sliding_window_view(tile[0, 0], (8, 8))[::4, ::4, 2:6, 2:6]
    share = (windows.mean(axis=(2, 3)) + 1) / 2
    return np.stack([1 - share, share]).astype(np.float32)


def test_what_is_written_is_read() -> None:
    assert SlidingSettings.from_json(json.loads(json.dumps(HOW.as_json()))) == HOW
    with pytest.raises(KeyError):
        SlidingSettings.from_json({"view": {"scale": 1.0, "channels": 1}})


def test_a_dot_is_found_where_it_is() -> None:
    pixels = np.zeros((120, 200), np.uint8)
    pixels[56:72, 136:152] = 255  # its middle lies at row 64, column 144
    image = Image(pixels, 8, "x")
    peaks = peaks_of(seen(image, HOW.view), _brightness, HOW)
    boxes = boxes_around(peaks, (120, 200), HOW)
    np.testing.assert_allclose(boxes[0], [144 - 10, 64 - 5, 144 + 10, 64 + 5], atol=1.0)
    np.testing.assert_allclose(centres_seen(boxes[:1], image, HOW.view), [[32, 72]], atol=0.5)


def test_boxes_end_at_the_edge() -> None:
    peaks = Peaks(np.array([[0.0, 0.0]]), np.array([0.9]), np.array([0]))
    np.testing.assert_allclose(boxes_around(peaks, (40, 60), HOW), [[0, 0, 10, 5]])


def test_no_peak_is_no_box() -> None:
    peaks = Peaks(np.zeros((0, 2)), np.zeros(0), np.zeros(0, np.int64))
    assert boxes_around(peaks, (40, 60), HOW).shape == (0, 4)
