"""What the network sees: 8 bits, the wanted channels, the wanted scale."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.transform.sliding.view import View, painting_steps, seen, sides_seen


def test_eight_bits_stay_as_they_are() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    np.testing.assert_array_equal(seen(Image(pixels, 8, "x"), View(1.0, 3)), pixels)


def test_grey_becomes_three_alike_and_colour_becomes_grey() -> None:
    grey = np.arange(400, dtype=np.uint8).reshape(20, 20)
    three = seen(Image(grey, 8, "x"), View(1.0, 3))
    assert three.shape == (20, 20, 3)
    assert (three == grey[..., None]).all()
    colour = np.stack([grey, grey, grey], axis=2)
    np.testing.assert_array_equal(seen(Image(colour, 8, "x"), View(1.0, 1))[..., 0], grey)


def test_deep_images_are_stretched_between_their_tails() -> None:
    values = np.linspace(1000, 3000, 10_000, dtype=np.float32).reshape(100, 100).astype(np.uint16)
    found = seen(Image(values, 12, "x"), View(1.0, 1))
    low, high = np.percentile(values, (0.5, 99.5))
    expected = np.clip((values.astype(float) - low) / (high - low) * 255, 0, 255)
    assert np.abs(found[..., 0].astype(float) - expected).max() <= 1


def test_halving_takes_means() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
    found = seen(Image(pixels, 8, "x"), View(0.5, 1))
    means = pixels.reshape(20, 2, 30, 2).mean(axis=(1, 3))
    assert found.shape == (20, 30, 1) == (*sides_seen(Image(pixels, 8, "x"), View(0.5, 1)), 1)
    assert np.abs(found[..., 0] - means).max() <= 1


def test_values_that_are_not_finite_and_images_too_small_are_refused() -> None:
    values = np.zeros((20, 20), np.float32)
    values[3, 3] = np.nan
    with pytest.raises(UnreadableFile, match="not finite"):
        seen(Image(values, 32, "x"), View(1.0, 1))
    with pytest.raises(UnreadableFile, match="too small: 20 x 20"):
        seen(Image(np.zeros((20, 20), np.uint8), 8, "x"), View(0.2, 1))


def test_preparation_evens_out_what_is_seen() -> None:
    pixels = np.full((64, 96, 3), 90, np.uint8)
    pixels[:, 48:] = 160  # brighter on one side
    pixels[30:33, 20:23] -= 30
    even = seen(Image(pixels, 8, "x"), View(0.5, 3, (("local_contrast", 0.1),)))
    assert even.shape == (32, 48, 3)
    assert abs(int(even[4, 4, 0]) - int(even[4, 44, 0])) <= 2
    assert int(even[15, 10, 0]) < 100
    grey = seen(Image(pixels[..., 0], 8, "x"), View(0.5, 1, (("local_contrast", 0.1),)))
    assert grey.shape == (32, 48, 1)


def test_a_view_comes_back_from_its_file() -> None:
    how = View(0.5, 3, (("local_contrast", 0.1),))
    assert View.from_json(json.loads(json.dumps(asdict(how)))) == how
    assert View.from_json({"scale": 1, "channels": 1}) == View(1.0, 1)


def test_steps_that_cut_are_refused_where_a_classifier_slides() -> None:
    assert painting_steps([["local_contrast", 0.1]]) == (("local_contrast", 0.1),)
    with pytest.raises(UsageError, match="preparation 'fundus' cuts a part out"):
        painting_steps((("fundus", 0.0),))
