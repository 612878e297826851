"""Against the published values of the IBSI's digital phantom and scikit-image."""

from typing import Any

import numpy as np
import pytest
from skimage.feature import graycomatrix, graycoprops

from thirdeye.transform.radiomics.cooccurrence import cooccurrence_features, cooccurrence_matrix
from thirdeye.transform.radiomics.region import Region

_PUBLISHED = {  # three-dimensional, merged
    "joint_maximum": "0.509", "joint_average": "2.15", "joint_variance": "3.13", "joint_entropy": "2.57",
    "difference_average": "1.38", "difference_variance": "3.21", "difference_entropy": "1.64",
    "sum_average": "4.3", "sum_variance": "7.41", "sum_entropy": "2.11", "angular_second_moment": "0.291",
    "contrast": "5.12", "inverse_difference": "0.688", "normalised_inverse_difference": "0.856",
    "inverse_difference_moment": "0.631", "normalised_inverse_difference_moment": "0.902",
    "inverse_variance": "0.0574", "correlation": "0.183", "autocorrelation": "5.19",
    "cluster_tendency": "7.41", "cluster_shade": "17.4", "cluster_prominence": "147",
    "information_correlation_1": "-0.0288", "information_correlation_2": "0.269",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(cooccurrence_features(cooccurrence_matrix(phantom)), _PUBLISHED)


def test_images_agree_with_scikit_image() -> None:
    levels = np.random.default_rng(0).integers(0, 8, (30, 20))
    theirs = graycomatrix(levels.astype(np.uint8), [1], [0], levels=8, symmetric=True, normed=True)
    ours = cooccurrence_matrix(Region(levels + 1, 8), ((0, 1),))
    np.testing.assert_allclose(ours, theirs[:, :, 0, 0])
    found = cooccurrence_features(ours)
    for name, skimage_name in {"contrast": "contrast", "correlation": "correlation"}.items():
        assert found[name] == pytest.approx(graycoprops(theirs, skimage_name)[0, 0])


@pytest.mark.parametrize("levels", [np.ones((5, 5), int), np.array([[1]]), np.array([[2, 0, 1]])])
def test_constant_or_lonely_elements_are_finite(levels: np.ndarray) -> None:
    found = cooccurrence_features(cooccurrence_matrix(Region(levels, 4)))
    assert np.isfinite(list(found.values())).all()
    assert found["correlation"] == 0
