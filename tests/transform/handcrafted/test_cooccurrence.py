import numpy as np
import pytest
from skimage.feature import graycomatrix, graycoprops

from thirdeye.transform.handcrafted.cooccurrence import (
    DIRECTIONS,
    LEVELS,
    PROPERTIES,
    cooccurrence,
    matrix,
    properties,
)
from thirdeye.transform.handcrafted.picture import picture_of

_SKIMAGE_NAMES = {
    "contrast": "contrast",
    "dissimilarity": "dissimilarity",
    "homogeneity": "homogeneity",
    "second_moment": "ASM",
    "correlation": "correlation",
    "entropy": "entropy",
}


def _levels() -> np.ndarray:
    noise = np.random.default_rng(0).integers(0, LEVELS, (40, 40))
    return np.sort(noise, axis=1)[:, np.r_[0:40:2, 39:0:-2]]


@pytest.mark.parametrize("offset", DIRECTIONS)
def test_matrices_and_properties_agree_with_scikit_image(offset: tuple[int, int]) -> None:
    levels = _levels()
    row, col = offset
    theirs = graycomatrix(
        levels.astype(np.uint8),
        [np.hypot(row, col)],
        [np.arctan2(row, col)],
        levels=LEVELS,
        symmetric=True,
        normed=True,
    )
    ours = matrix(levels, offset)
    np.testing.assert_allclose(ours, theirs[:, :, 0, 0])
    values = dict(zip(PROPERTIES, properties(ours[None])[0], strict=True))
    for name, skimage_name in _SKIMAGE_NAMES.items():
        expected = graycoprops(theirs, skimage_name)[0, 0]
        if name == "entropy":  # scikit-image takes the natural logarithm
            expected /= np.log(2)
        assert values[name] == pytest.approx(expected), name


def test_cluster_shade_and_prominence_by_brute_force() -> None:
    probabilities = matrix(_levels(), (0, 2))
    mean = sum(i * probabilities[i].sum() for i in range(LEVELS))
    pairs = [(i + j - 2 * mean, probabilities[i, j]) for i in range(LEVELS) for j in range(LEVELS)]
    values = dict(zip(PROPERTIES, properties(probabilities[None])[0], strict=True))
    assert values["cluster_shade"] == pytest.approx(sum(d**3 * p for d, p in pairs))
    assert values["cluster_prominence"] == pytest.approx(sum(d**4 * p for d, p in pairs))


def test_stripes_have_a_direction() -> None:
    stripes = np.tile(np.arange(64) // 2 % 2 * 255, (64, 1)).astype(np.uint8)
    features = cooccurrence(picture_of(np.repeat(stripes[..., None], 3, axis=2)))
    assert features["glcm_contrast_2px"] > 0
    assert features["glcm_contrast_2px_range"] == pytest.approx((LEVELS - 1) ** 2)
    assert features["glcm_contrast_4px"] == pytest.approx(0)


def test_a_constant_image_is_finite() -> None:
    features = cooccurrence(picture_of(np.full((64, 64, 3), 9, np.uint8)))
    assert all(np.isfinite(list(features.values())))
    assert features["glcm_correlation_1px"] == 1
