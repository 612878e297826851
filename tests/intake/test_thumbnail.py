from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as Pillow

from thirdeye.case.image import Image
from thirdeye.intake import thumbnail as module
from thirdeye.intake.thumbnail import small_picture, thumbnail


def image(pixels: np.ndarray) -> Image:
    return Image(pixels=pixels, bits=8 * pixels.dtype.itemsize, source="a")


def test_a_square_is_the_mean_of_its_area_and_channels() -> None:
    colour = np.random.default_rng(0).integers(0, 256, (128, 192, 3), dtype=np.uint8)
    means = colour.reshape(64, 2, 64, 3, 3).mean(axis=(1, 3, 4))
    low, high = np.percentile(means, (0.5, 99.5))
    expected = np.clip((means - low) / (high - low), 0, 1) * 255
    assert np.abs(thumbnail(image(colour)) - expected).max() <= 0.51


def test_a_flat_picture_is_black() -> None:
    assert not thumbnail(image(np.full((20, 30), 7, np.uint8))).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500, 3), (3, 2)])
def test_the_smallest_pictures(shape: tuple[int, ...]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    assert thumbnail(image(pixels)).shape == (64, 64)
    assert small_picture(image(pixels), 32).shape == (32, 32, 3)


def test_a_large_picture_is_shrunk_in_steps_to_nearly_the_same(
    picture: Callable[[int], np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = np.asarray(Pillow.fromarray(picture(1)).resize((1000, 800)).convert("RGB"))
    whole = thumbnail(image(pixels)).astype(int)
    monkeypatch.setattr(module, "_LARGE", 1)
    assert np.abs(whole - thumbnail(image(pixels))).max() <= 12  # of 255


def test_a_small_picture_keeps_its_colours() -> None:
    colour = np.zeros((100, 50, 3), np.uint8)
    colour[:, :, 1] = 200
    assert (small_picture(image(colour), 10) == (0, 200, 0)).all()


def test_a_small_picture_of_deep_grey_is_stretched() -> None:
    deep = np.linspace(1000, 1200, 96 * 96).astype(np.uint16).reshape(96, 96)
    small = small_picture(image(deep), 48)
    assert (small.dtype, small.shape, small.min(), small.max()) == (np.uint8, (48, 48, 3), 0, 255)
