"""Tiles give what the whole image gives; beyond the edge it is mirrored."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.sliding.tiles import Field, cells, dense_map, mirrored_index, normalised


def _window_mean(tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """A network that answers with the mean of its 8 x 8 patch, every 4 pixels, in two classes."""
    windows = np.lib.stride_tricks.sliding_window_view(tile[0].mean(axis=0), (8, 8))[::4, ::4]
    mean = windows.mean(axis=(2, 3))
    return np.stack([1 - mean, mean]).astype(np.float32)


def test_tiles_of_any_size_give_the_same_map() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (61, 85, 3), np.uint8)
    maps = [dense_map(pixels, _window_mean, Field(8, 4, tile), n_outputs=2) for tile in (3, 7, 100)]
    assert maps[0].shape == (2, 16, 22) == (2, cells(61, Field(8, 4)), cells(85, Field(8, 4)))
    np.testing.assert_allclose(maps[0], maps[2], atol=1e-6)
    np.testing.assert_allclose(maps[1], maps[2], atol=1e-6)


def test_an_answer_is_about_the_patch_around_its_place() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 40, 1), np.uint8)
    found = dense_map(pixels, _window_mean, Field(8, 4), n_outputs=2)
    expected = normalised(pixels)[12:20, 20:28, 0].mean()  # around row 16, column 24
    assert found[1, 4, 6] == pytest.approx(expected, abs=1e-6)


def test_edges_are_mirrored_as_numpy_does() -> None:
    expected = np.pad(np.arange(5), 7, mode="symmetric")
    np.testing.assert_array_equal(mirrored_index(-7, 12, 5), expected)


def test_an_image_smaller_than_a_patch_is_read() -> None:
    pixels = np.full((5, 3, 1), 255, np.uint8)
    found = dense_map(pixels, _window_mean, Field(8, 4), n_outputs=2)
    np.testing.assert_allclose(found[1], np.ones((2, 1)), atol=1e-6)
