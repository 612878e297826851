import numpy as np
import pytest
from scipy import ndimage
from skimage.feature import local_binary_pattern

from thirdeye.transform.handcrafted.binary_pattern import binary_pattern, pattern_codes
from thirdeye.transform.handcrafted.picture import picture_of


def test_codes_agree_with_scikit_image() -> None:
    rough = ndimage.gaussian_filter(np.random.default_rng(0).random((60, 60)), 1)
    theirs = local_binary_pattern((rough * 1e6).astype(np.int64), P=8, R=1, method="uniform")[1:-1, 1:-1]
    ours = pattern_codes((rough * 1000).astype(np.float32))  # so large that the tolerance does not matter
    assert (ours == theirs).mean() > 0.999


def test_a_flat_patch_is_all_ones_and_a_bright_dot_is_a_spot() -> None:
    flat = np.full((9, 9), 0.5, np.float32)
    assert (pattern_codes(flat) == 8).all()
    flat[4, 4] = 0.9
    assert pattern_codes(flat)[3, 3] == 0


def test_histograms_do_not_change_when_the_image_is_turned() -> None:
    levels = np.random.default_rng(1).integers(0, 256, (64, 64, 1), dtype=np.uint8).repeat(3, axis=2)
    straight, turned = binary_pattern(picture_of(levels)), binary_pattern(picture_of(np.rot90(levels).copy()))
    for i in range(10):
        assert straight[f"lbp_scale1_{i:02d}"] == pytest.approx(turned[f"lbp_scale1_{i:02d}"], abs=1e-3)
        top_right = f"lbp_top_right_{i:02d}"
        assert straight[top_right] == pytest.approx(turned[f"lbp_top_left_{i:02d}"], abs=1e-2)
    assert sum(straight[f"lbp_scale4_{i:02d}"] for i in range(10)) == pytest.approx(1)
