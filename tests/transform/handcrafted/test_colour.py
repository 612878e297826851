import numpy as np
import pytest
from skimage.color import rgb2hsv, rgb2lab

from thirdeye.transform.handcrafted.colour import colour, to_hsv, to_lab
from thirdeye.transform.handcrafted.picture import picture_of


def _noise() -> np.ndarray:
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    rgb[:8] = rgb[:8, :, :1]  # grey, black and white pixels are the edge cases of hue
    rgb[0, 0], rgb[0, 1] = 0, 255
    return rgb


def test_hsv_agrees_with_scikit_image() -> None:
    np.testing.assert_allclose(to_hsv(_noise()), rgb2hsv(_noise()), atol=1e-5)


def test_lab_agrees_with_scikit_image() -> None:
    np.testing.assert_allclose(to_lab(_noise()), rgb2lab(_noise()), atol=2e-2)


def test_grey_images_get_zeros_under_the_same_names() -> None:
    grey = np.repeat(_noise()[..., :1], 3, axis=2)
    of_grey, of_colour = colour(picture_of(grey)), colour(picture_of(_noise()))
    assert list(of_grey) == list(of_colour)
    assert set(of_grey.values()) == {0.0}


def test_histograms_sum_to_one_and_a_red_centre_is_seen() -> None:
    rgb = np.full((64, 64, 3), 200, np.uint8)
    rgb[16:48, 16:48] = (220, 20, 20)
    features = colour(picture_of(rgb))
    assert sum(features[f"colour_hue_histogram_{i:02d}"] for i in range(12)) == pytest.approx(1)
    assert features["colour_hue_histogram_00"] == pytest.approx(1)
    assert sum(features[f"colour_ab_histogram_{i:02d}"] for i in range(16)) == pytest.approx(1)
    assert features["colour_a_centre_minus_border"] == pytest.approx(rgb2lab(rgb)[32, 32, 1], rel=1e-3)
