"""The pose of a crop is found to within a pixel of the thumbnail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from thirdeye.intake.twins.alignment import align, edges_of
from thirdeye.intake.twins.candidates import coefficients
from thirdeye.intake.twins.descriptor import cosines, fit_space
from thirdeye.intake.twins.frame import Frames, apply, cut
from thirdeye.intake.twins.pictures import Pictures, blocks


def test_cosines_are_an_orthonormal_basis() -> None:
    np.testing.assert_allclose(cosines(16, 16) @ cosines(16, 16).T, np.eye(16), atol=1e-6)


def test_cutting_everything_changes_nothing() -> None:
    whole = cut(np.array([-1.0]), np.array([1.0]), 12)
    np.testing.assert_allclose(whole[0], np.eye(12), atol=1e-6)


@pytest.mark.parametrize("box", [(0, 0, 57, 64), (3, 4, 61, 62), (6, 0, 64, 58)])
def test_a_crop_is_laid_where_it_was_cut(
    scene: Callable[[int], Image.Image], box: tuple[int, int, int, int]
) -> None:
    picture = scene(3).resize((64, 64))
    part = picture.crop(box).resize((64, 64), Image.Resampling.BILINEAR)
    first, second = (np.asarray(image, np.float32)[None] for image in (part, picture))
    start = Frames(np.array([[0.9, 0.0]]), np.array([[0.9, 0.0]]))
    found = align(edges_of(first), edges_of(second), start, steps=8)
    left, top, right, bottom = box
    for axis, (low, high) in ((found.rows, (top, bottom)), (found.columns, (left, right))):
        scale, shift = axis[0]
        assert scale == pytest.approx((high - low) / 64, abs=0.02)
        assert shift == pytest.approx((high + low) / 64 - 1, abs=0.02)
    of_first, of_second = found.shares()
    assert of_first[0] == pytest.approx(1, abs=0.03)
    assert of_second[0] == pytest.approx((right - left) * (bottom - top) / 64**2, abs=0.04)


def test_strangers_lie_near_zero_in_the_space_of_the_set() -> None:
    rng = np.random.default_rng(0)
    common = gaussian_filter(rng.normal(size=(64, 64)), 8) * 40
    pictures = [common + gaussian_filter(rng.normal(size=(64, 64)), 2) for _ in range(300)]
    thumbnails = np.stack([np.clip(40 * p + 128, 0, 255) for p in pictures]).astype(np.uint8)
    own = coefficients(Pictures(thumbnails, np.arange(300), np.full(300, 64)), 8)
    plain = own.reshape(300, -1)[:, 1:]
    plain = plain / np.linalg.norm(plain, axis=1, keepdims=True)
    vectors = fit_space(own).project(own)
    apart = ~np.eye(300, dtype=bool)
    assert (plain @ plain.T)[apart].mean() > 0.5  # what all share makes them look alike
    cosine = (vectors @ vectors.T)[apart]
    assert abs(cosine.mean()) < 0.02
    assert cosine.std() < 1.5 / np.sqrt(vectors.shape[1])


def test_pictures_are_read_by_the_block() -> None:
    thumbnails = np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4)
    pictures = Pictures(thumbnails, np.array([4, 1]), np.array([4, 4]))
    np.testing.assert_array_equal(pictures.whole(slice(0, 1))[0], thumbnails[4])
    np.testing.assert_allclose(
        pictures.halved(np.array([1]))[0], thumbnails[1].reshape(2, 2, 2, 2).mean(axis=(1, 3))
    )
    assert [(s.start, s.stop) for s in blocks(5, 2)] == [(0, 2), (2, 4), (4, 5)]
    identity = np.eye(4)
    np.testing.assert_array_equal(apply(identity, pictures.whole(slice(None)), identity)[1], thumbnails[1])
