import numpy as np
import pytest
from skimage.draw import disk, ellipse
from skimage.filters import threshold_otsu
from skimage.measure import regionprops

from thirdeye.transform.handcrafted.foreground import central_region, object_side, otsu
from thirdeye.transform.handcrafted.picture import picture_of
from thirdeye.transform.handcrafted.shape import outline, shape

_SIDE = 112


def _ellipse(rows: float, cols: float) -> np.ndarray:
    mask = np.zeros((_SIDE, _SIDE), bool)
    mask[ellipse(50, 60, rows, cols)] = True
    return mask


def test_geometry_agrees_with_scikit_image() -> None:
    mask = _ellipse(12, 30)
    ours, theirs = outline(mask), regionprops(mask.astype(np.uint8))[0]
    assert ours["area"] * _SIDE**2 == theirs.area
    assert ours["eccentricity"] == pytest.approx(theirs.eccentricity, rel=1e-3)  # ours gives pixels a width
    assert ours["extent"] == pytest.approx(theirs.extent)
    assert ours["offset"] * _SIDE == pytest.approx(np.hypot(50 - 55.5, 60 - 55.5), abs=0.1)
    assert ours["asymmetry"] < 0.05


def test_otsu_agrees_with_scikit_image() -> None:
    random = np.random.default_rng(0)
    grey = np.clip(np.r_[random.normal(0.3, 0.05, 4000), random.normal(0.7, 0.1, 2000)], 0, 1)
    assert otsu(grey.astype(np.float32)) == pytest.approx(threshold_otsu(grey, nbins=64), abs=0.03)


def test_a_star_is_rougher_than_a_disc() -> None:
    disc = np.zeros((_SIDE, _SIDE), bool)
    disc[disk((56, 56), 25)] = True
    star = disc.copy()
    star[54:58, 10:102] = True
    star[10:102, 54:58] = True
    round_one, spiky = outline(disc), outline(star)
    assert round_one["outline_roughness"] < 0.05 < spiky["outline_roughness"]
    assert round_one["radius_variation"] < 0.05 < spiky["radius_variation"]
    assert round_one["compactness"] > spiky["compactness"]
    assert round_one["eccentricity"] < 0.1


def test_half_a_disc_is_asymmetric_and_touches_the_border() -> None:
    half = np.zeros((_SIDE, _SIDE), bool)
    half[disk((0, 56), 30, shape=half.shape)] = True
    result = outline(half)
    assert result["asymmetry"] > 0.05
    assert result["border_contact"] == pytest.approx(half[0].sum() / (4 * _SIDE))


def test_the_object_is_the_side_that_keeps_off_the_border() -> None:
    bright = ~_ellipse(20, 20)
    mask, is_dark = object_side(bright)
    assert is_dark
    assert (mask == ~bright).all()


def test_the_central_of_two_regions_is_taken() -> None:
    mask = _ellipse(15, 15)
    mask[:18, :40] = True  # larger, but in the corner
    region, n_regions = central_region(mask)
    assert n_regions == 2
    assert (region == _ellipse(15, 15)).all()


def test_a_dark_lesion_is_found_and_measured() -> None:
    image = np.full((_SIDE, _SIDE, 3), 200, np.uint8)
    image[_ellipse(20, 30)] = 60
    features = shape(picture_of(image))
    assert features["shape_is_dark"] == 1
    assert features["shape_area"] == pytest.approx(_ellipse(20, 30).mean(), rel=0.05)
    assert features["shape_contrast"] < -0.9


def test_nothing_to_find_is_all_finite() -> None:
    features = shape(picture_of(np.full((_SIDE, _SIDE, 3), 128, np.uint8)))
    assert np.isfinite(list(features.values())).all()
    assert features["shape_eccentricity"] == 0
