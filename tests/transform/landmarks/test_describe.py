from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.transform.landmarks.describe import (
    CELL_PX,
    ORIENTATIONS,
    SIDE_PX,
    oriented_gradients,
    pixels_of,
    whole_picture,
)


def test_any_image_becomes_a_square() -> None:
    rng = np.random.default_rng(3)
    for pixels, bits in (
        (rng.integers(0, 255, (90, 40)).astype(np.uint8), 8),
        (rng.integers(0, 4000, (30, 70)).astype(np.uint16), 12),
        (rng.integers(0, 255, (50, 50, 3)).astype(np.uint8), 8),
        (np.zeros((5, 5), np.float32), 32),
    ):
        picture = whole_picture(Image(pixels, bits, "x.png"))
        assert picture.shape == (SIDE_PX, SIDE_PX)
        assert picture.min() >= 0
        assert picture.max() <= 1


def test_pixels_are_means_of_patches() -> None:
    picture = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    picture[:2, :4] = 1
    assert pixels_of(picture)[0] == pytest.approx(0.5)
    assert pixels_of(picture)[1:].sum() == 0


def test_gradients_tell_the_direction_of_an_edge() -> None:
    upright = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    upright[:, SIDE_PX // 2 :] = 1
    cells = SIDE_PX // CELL_PX - 1
    blocks = oriented_gradients(upright).reshape(cells, cells, -1, ORIENTATIONS)
    assert blocks[..., 0].sum() > 0
    assert blocks[..., 1:].sum() == 0
    lying = oriented_gradients(upright.T.copy()).reshape(cells, cells, -1, ORIENTATIONS)
    assert lying[..., ORIENTATIONS // 2].sum() == pytest.approx(blocks[..., 0].sum())
