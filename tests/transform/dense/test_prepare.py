"""What a dense network sees, and the way back to the image's own grid."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.transform.dense.prepare import Preparation, own_grid, prepared, prepared_labels, target_sides


def volume(sides=(12, 20, 8), spacing=(1.0, 1.0, 1.0), flips=(1, 1, 1), seed=0):
    affine = np.diag([*np.array(spacing) * flips, 1.0])
    values = np.random.default_rng(seed).normal(100, 20, sides).astype(np.float32)
    return Volume(values, Geometry(affine), "a.nii")


def test_an_image_of_the_right_size_is_only_rescaled():
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    seen = prepared(Image(pixels, 8, "a.png"), Preparation(2, 3, "range"))
    np.testing.assert_allclose(seen.array, np.moveaxis(pixels, -1, 0) / 127.5 - 1, atol=1e-6)


def test_grey_becomes_three_channels_and_colour_one():
    grey = Image(np.full((4, 5), 100, np.uint8), 8, "a.png")
    assert prepared(grey, Preparation(2, 3, "range")).array.shape == (3, 4, 5)
    colour = Image(np.full((4, 5, 3), 100, np.uint8), 8, "a.png")
    assert prepared(colour, Preparation(2, 1, "range")).array.shape == (1, 4, 5)


@pytest.mark.parametrize("flips", [(1, 1, 1), (-1, -1, 1), (1, -1, -1)])
@pytest.mark.parametrize("spacing", [None, (2.0, 0.5, 1.0)])
def test_labels_come_back_to_their_own_grid(flips, spacing):
    item = volume((16, 20, 12), flips=flips)
    labels = np.zeros((16, 20, 12), np.uint8)
    labels[2:10, 4:14, 1:9] = 1
    labels[10:16, 14:20, 2:10] = 2
    how = Preparation(3, 1, "image", spacing_mm=spacing)
    seen = prepared(item, how)
    back = own_grid(seen, prepared_labels(labels, item, how))
    assert back.shape == labels.shape
    if spacing is None:
        assert np.array_equal(back, labels)
    for number in (1, 2):
        one, other = back == number, labels == number
        assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.85


def test_volumes_are_turned_to_one_orientation():
    straight, turned = volume(), volume(flips=(-1, 1, 1))
    how = Preparation(3, 1, "image")
    np.testing.assert_allclose(prepared(straight, how).array, prepared(turned, how).array[:, ::-1], atol=1e-5)


def test_spacing_decides_the_sides():
    how = Preparation(3, 1, "image", spacing_mm=(2.0, 1.0, 1.01))
    assert target_sides(volume((12, 20, 8)), how) == (6, 20, 8)


def test_own_scale_ignores_empty_surroundings_and_tails():
    values = np.zeros((20, 20, 20), np.float32)
    values[5:15, 5:15, 5:15] = np.random.default_rng(0).normal(1000, 100, (10, 10, 10))
    values[7, 7, 7] = 1e6
    item = Volume(values, Geometry(np.eye(4)), "a.nii")
    inside = prepared(item, Preparation(3, 1, "image")).array[0, 5:15, 5:15, 5:15]
    assert inside.mean() == pytest.approx(0, abs=0.05)
    assert inside.std() == pytest.approx(1, abs=0.05)
    assert inside.max() < 5


def test_a_picture_in_black_and_white_keeps_both():
    pixels = np.zeros((20, 20), np.uint8)
    pixels[5:15, 5:15] = 255
    seen = prepared(Image(pixels, 8, "a.png"), Preparation(2, 1, "image")).array[0]
    assert seen[pixels > 0].min() > 1
    assert seen[pixels == 0].max() < 0
    assert seen.mean() == pytest.approx(0, abs=1e-6)


def test_a_window_is_the_same_for_all():
    how = Preparation(3, 1, "window", window=(0.0, 100.0, 50.0, 25.0))
    item = Volume(np.array([[[-500.0, 0.0, 50.0, 100.0, 3000.0]]], np.float32), Geometry(np.eye(4)), "a.nii")
    assert prepared(item, how).array.ravel() == pytest.approx([-2, -2, 0, 2, 2])


def test_constant_images_become_zeros():
    item = Volume(np.full((4, 4, 4), 7.0, np.float32), Geometry(np.eye(4)), "a.nii")
    assert not prepared(item, Preparation(3, 1, "image")).array.any()


def test_the_wrong_kind_is_refused():
    with pytest.raises(UnreadableFile, match="reads volumes"):
        prepared(Image(np.zeros((4, 4), np.uint8), 8, "a.png"), Preparation(3, 1, "image"))
    with pytest.raises(UnreadableFile, match="the network takes 4"):
        prepared(volume(), Preparation(3, 4, "image"))
    broken = Volume(np.full((3, 3, 3), np.nan, np.float32), Geometry(np.eye(4)), "a.nii")
    with pytest.raises(UnreadableFile, match="not finite"):
        prepared(broken, Preparation(3, 1, "image"))
