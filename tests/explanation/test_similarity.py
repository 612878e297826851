"""Similarity of maps against scikit-image and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from skimage.metrics import structural_similarity

from thirdeye.explanation.similarity import spearman, ssim


@pytest.mark.parametrize("shape", [(64, 64), (20, 35), (12, 12)])
def test_ssim_agrees_with_scikit_image(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    one = random.random(shape).astype(np.float32)
    for other in (
        random.random(shape),
        np.clip(one + 0.1 * random.normal(size=shape), 0, 1),
        1 - one,
        np.zeros(shape),
    ):
        expected = structural_similarity(
            one.astype(float),
            np.asarray(other, float),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1.0,
        )
        assert ssim(one, other) == pytest.approx(expected, abs=1e-6)


def test_a_map_is_like_itself() -> None:
    one = np.random.default_rng(1).random((30, 30))
    assert ssim(one, one) == pytest.approx(1)
    assert spearman(one, one) == pytest.approx(1)
    assert spearman(one, -one) == pytest.approx(-1)


def test_spearman_agrees_with_scipy_with_and_without_ties() -> None:
    random = np.random.default_rng(2)
    one, other = random.normal(size=(7, 7)), random.normal(size=(7, 7))
    assert spearman(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)
    one, other = np.round(one), np.round(other)
    assert spearman(one, other) == pytest.approx(spearmanr(one.ravel(), other.ravel()).statistic)


def test_constant_maps_share_nothing() -> None:
    assert spearman(np.zeros((4, 4)), np.arange(16).reshape(4, 4)) == 0
