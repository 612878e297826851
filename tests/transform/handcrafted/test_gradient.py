import numpy as np
import pytest
from skimage.feature import hog

from thirdeye.transform.handcrafted.gradient import CELLS, ORIENTATIONS, gradient
from thirdeye.transform.handcrafted.picture import picture_of


def test_oriented_histogram_agrees_with_scikit_image() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (64, 64, 1), dtype=np.uint8).repeat(3, axis=2)
    picture = picture_of(levels)
    features = gradient(picture)
    ours = [features[f"hog_{i:02d}"] for i in range(CELLS**2 * ORIENTATIONS)]
    theirs = hog(
        picture.grey,
        orientations=ORIENTATIONS,
        pixels_per_cell=(64 // CELLS, 64 // CELLS),
        cells_per_block=(CELLS, CELLS),
        block_norm="L2-Hys",
    )
    # Pixels whose direction lies exactly between two bins may fall on either side.
    np.testing.assert_allclose(ours, theirs, atol=0.01)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.99


def test_one_edge_has_one_direction() -> None:
    levels = np.zeros((64, 64, 3), np.uint8)
    levels[:, 32:] = 255
    features = gradient(picture_of(levels))
    assert features["gradient_direction_entropy"] == pytest.approx(0, abs=1e-6)
    assert features["gradient_share_above_0.2"] == pytest.approx(2 / 64)
    assert features["gradient_mean"] == pytest.approx(2 / 64)


def test_a_constant_image_has_no_edges() -> None:
    features = gradient(picture_of(np.full((64, 64, 3), 77, np.uint8)))
    assert not any(features.values())
