"""Saturation and channel gains; a grey picture keeps its grey without gains."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.augment import Augmenter


def test_no_saturation_is_grey(marked: NDArray[np.uint8]) -> None:
    gains = np.ones(3, np.float32)
    result = Augmenter([("colour", 0.3)]).apply(marked, {"colour": {"saturation": 0.0, "gains": gains}})
    assert np.array_equal(result[..., 0], result[..., 2])
    assert np.abs(result[..., 0] - marked.mean(axis=2)).max() <= 1


def test_gains_multiply_the_channels() -> None:
    flat = np.full((8, 8, 3), 100, np.uint8)
    gains = np.array([0.5, 1.0, 2.0], np.float32)
    result = Augmenter([("colour", 0.3)]).apply(flat, {"colour": {"saturation": 1.0, "gains": gains}})
    assert result[0, 0].tolist() == [50, 100, 200]
