"""Local contrast rises, grey stays grey, and only the asked share of images is touched."""

from __future__ import annotations

import numpy as np

from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import operations


def test_contrast_rises_where_it_was_low() -> None:
    rng = np.random.default_rng(0)
    grey = np.repeat((100 + rng.normal(0, 3, (64, 64, 1))).astype(np.uint8), 3, axis=2)
    result = Augmenter([("clahe", 1.0)]).apply(grey, {"clahe": {"clip": 3.0}})
    assert result.std() > 2 * grey.std()
    assert np.ptp(result.astype(int), axis=2).max() <= 2  # grey, to within the rounding of colour spaces


def test_a_share_of_the_images_is_left_alone() -> None:
    rng = np.random.default_rng(0)
    drawn = [operations.get("clahe").draw(rng, 0.3)["clip"] for _ in range(1000)]
    assert abs(np.mean(np.array(drawn) > 0) - 0.3) < 0.05
    image = np.zeros((8, 8, 3), np.uint8)
    assert Augmenter([("clahe", 0.3)]).apply(image, {"clahe": {"clip": 0.0}}) is image
