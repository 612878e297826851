import numpy as np
import pytest
from skimage.measure import shannon_entropy

from thirdeye.transform.handcrafted.intensity import intensity
from thirdeye.transform.handcrafted.picture import picture_of


def _grey(levels: np.ndarray) -> np.ndarray:
    return np.repeat(levels.astype(np.uint8)[..., None], 3, axis=2)


def test_histogram_and_entropy() -> None:
    levels = np.random.default_rng(1).integers(0, 256, (64, 64))
    features = intensity(picture_of(_grey(levels)))
    histogram = [features[f"intensity_histogram_{i:02d}"] for i in range(16)]
    np.testing.assert_allclose(histogram, np.histogram(levels, bins=16, range=(0, 256))[0] / levels.size)
    assert features["intensity_entropy"] == pytest.approx(shannon_entropy(levels // 16))


def test_layout_tells_left_from_right() -> None:
    levels = np.zeros((64, 64))
    levels[:, :16] = 200
    features = intensity(picture_of(_grey(levels)))
    assert features["layout_mean_00"] > 0.5
    assert features["layout_mean_03"] < 0
    assert features["layout_mirror_correlation"] < 0


def test_a_symmetric_image_mirrors_perfectly() -> None:
    half = np.random.default_rng(2).integers(0, 256, (64, 32))
    features = intensity(picture_of(_grey(np.hstack([half, half[:, ::-1]]))))
    assert features["layout_mirror_correlation"] == pytest.approx(1, abs=1e-5)
