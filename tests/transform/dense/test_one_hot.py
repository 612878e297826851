"""Maps of 0 and 1 say the same as the numbers."""

from __future__ import annotations

import numpy as np

from thirdeye.transform.dense.one_hot import one_hot_maps


def test_one_hot_says_the_same_as_the_numbers() -> None:
    made = np.random.default_rng(0).integers(0, 3, (3, 2, 5, 4)).astype(np.uint8)
    hot = one_hot_maps(made, 3)
    assert (hot.shape, hot.dtype) == ((3, 3, 2, 5, 4), np.float32)
    assert (hot.argmax(axis=1) == made).all()
    assert (hot.sum(axis=1) == 1).all()


def test_a_number_beyond_the_classes_is_nowhere() -> None:
    assert one_hot_maps(np.array([[0, 255]], np.uint8), 2).tolist() == [[[1.0, 0.0], [0.0, 0.0]]]
