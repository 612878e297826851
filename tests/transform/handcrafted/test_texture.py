import numpy as np
import pytest

from thirdeye.transform.handcrafted.picture import picture_of
from thirdeye.transform.handcrafted.texture import LEVELS, texture
from thirdeye.transform.radiomics.cooccurrence import cooccurrence_features, cooccurrence_matrix
from thirdeye.transform.radiomics.region import Region


def _noise(seed: int = 0) -> np.ndarray:
    grey = np.random.default_rng(seed).integers(0, 256, (64, 64, 1), dtype=np.uint8)
    return grey.repeat(3, axis=2)


def test_values_are_those_of_the_matrices_in_sixteen_levels() -> None:
    picture = picture_of(_noise())
    levels = np.minimum((picture.stretched * LEVELS).astype(int), LEVELS - 1) + 1
    expected = cooccurrence_features(cooccurrence_matrix(Region(levels, LEVELS)))
    found = texture(picture)
    assert np.sinh(found["ibsi_glcm_contrast"]) == pytest.approx(expected["contrast"], rel=0.01)
    assert len(found) == 77


def test_rough_and_smooth_pictures_differ() -> None:
    smooth = np.tile(np.arange(64, dtype=np.uint8)[:, None, None] * 4, (1, 64, 3))
    rough, even = texture(picture_of(_noise())), texture(picture_of(smooth))
    assert rough["ibsi_glrlm_short_run_emphasis"] > even["ibsi_glrlm_short_run_emphasis"]
    assert rough["ibsi_gldm_low_dependence_emphasis"] > even["ibsi_gldm_low_dependence_emphasis"]
    assert rough["ibsi_ngtdm_coarseness"] < even["ibsi_ngtdm_coarseness"]


def test_a_constant_picture_is_finite() -> None:
    found = texture(picture_of(np.full((32, 32, 3), 7, np.uint8)))
    assert np.isfinite(list(found.values())).all()
