"""Against scikit-image, and forms whose measures are known."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import measure

from thirdeye.errors import UsageError
from thirdeye.transform.radiomics.shape_2d import area_and_perimeter, maximum_diameter, shape_2d


def _disc(radius: float, side: int = 101) -> np.ndarray:
    rows, cols = np.mgrid[:side, :side] - side // 2
    return np.hypot(rows, cols) <= radius


def _blob() -> np.ndarray:
    noise = np.random.default_rng(0).random((40, 40))
    smooth = ndimage.gaussian_filter(noise, 3)
    labels, _ = ndimage.label(smooth > np.median(smooth))
    return labels == np.argmax(np.bincount(labels.ravel())[1:]) + 1


def test_a_disc_is_round() -> None:
    found = shape_2d(_disc(30))
    assert found["mesh_area"] == pytest.approx(np.pi * 30.0**2, rel=0.01)
    assert found["circularity"] == pytest.approx(1, abs=0.07)  # steps are longer than a curve
    assert found["major_axis_length"] == pytest.approx(60, rel=0.01)
    assert found["eccentricity"] == pytest.approx(0, abs=0.02)
    assert found["maximum_diameter"] == pytest.approx(60)
    assert found["solidity"] > 0.95


def test_region_properties_agree_with_scikit_image() -> None:
    blob = _blob()
    theirs = measure.regionprops(blob.astype(np.uint8))[0]
    found = shape_2d(blob)
    assert found["pixel_area"] == theirs.area
    assert found["extent"] == pytest.approx(theirs.extent)
    assert found["eccentricity"] == pytest.approx(theirs.eccentricity, abs=1e-3)
    assert found["major_axis_length"] == pytest.approx(theirs.axis_major_length, rel=2e-3)
    expected = [np.sign(h) * np.log10(1 + 1e6 * abs(h)) for h in theirs.moments_hu]
    np.testing.assert_allclose([found[f"hu_{k}"] for k in range(1, 8)], expected, rtol=1e-6, atol=1e-9)


def test_the_outline_agrees_with_scikit_images_contours() -> None:
    blob = np.pad(_blob(), 2)
    contours = measure.find_contours(blob.astype(float), 0.5, fully_connected="low")
    length = sum(np.hypot(*np.diff(one, axis=0).T).sum() for one in contours)
    signed = [0.5 * (np.roll(y, -1) * x - np.roll(x, -1) * y).sum() for y, x in (one.T for one in contours)]
    assert area_and_perimeter(blob) == (pytest.approx(abs(sum(signed))), pytest.approx(length))


def test_spacing_stretches() -> None:
    square = np.zeros((12, 12), bool)
    square[2:8, 3:9] = True
    flat = shape_2d(square, spacing_mm=(1, 2))
    assert flat["pixel_area"] == 72
    assert flat["maximum_diameter"] == pytest.approx(np.hypot(5, 10))
    assert flat["elongation"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "mask", [np.ones((1, 1)), np.eye(5), np.ones((1, 6)), np.ones((6, 1)), [[1, 0], [0, 0]], np.ones((2, 1))]
)
def test_dots_and_lines_are_finite(mask: np.ndarray) -> None:
    found = shape_2d(mask)
    assert np.isfinite(list(found.values())).all()
    assert 0 < found["solidity"] <= 1
    assert found["perimeter"] > 0


def test_empty_masks_and_volumes_are_refused() -> None:
    with pytest.raises(UsageError, match="not empty"):
        shape_2d(np.zeros((4, 4)))
    with pytest.raises(UsageError, match="image"):
        shape_2d(np.ones((2, 2, 2)))


def test_the_diameter_of_many_points_is_that_of_all_pairs() -> None:
    points = np.random.default_rng(0).normal(size=(200, 3))
    gaps = points[:, None] - points[None]
    assert maximum_diameter(points) == pytest.approx(np.sqrt((gaps**2).sum(axis=2)).max())
