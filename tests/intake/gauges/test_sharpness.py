from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from thirdeye.case.image import Image
from thirdeye.intake.gauges.sharpness import gauge, immerkaer, second_difference


def test_noise_of_known_strength_is_measured() -> None:
    """Immerkaer's estimate on a slope with noise of standard deviation 8."""
    rng = np.random.default_rng(0)
    values = np.add.outer(np.arange(256), np.arange(256)) / 4 + 60 + rng.normal(0, 8, (256, 256))
    assert immerkaer(second_difference(values.astype(np.float32))) == pytest.approx(8, rel=0.03)
    measured = gauge(Image(values.clip(0, 255).astype(np.uint8), 8, "x"))["noise"]
    assert measured == pytest.approx(100 * 8 / 255, rel=0.05)


def test_the_mask_is_immerkaers() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(20, 30)).astype(np.float32)
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    response = ndimage.convolve(values, mask)[1:-1, 1:-1]
    expected = np.sqrt(np.pi / 2) / (6 * 28 * 18) * np.abs(response).sum()
    assert immerkaer(second_difference(values)) == pytest.approx(expected, rel=1e-5)


def test_sharpness_is_the_laplacians_variance_over_the_pictures() -> None:
    values = np.random.default_rng(0).integers(0, 256, (40, 50), dtype=np.uint8)
    inner = ndimage.laplace(values.astype(float))[1:-1, 1:-1]
    assert gauge(Image(values, 8, "x"))["sharpness"] == pytest.approx(
        np.log10(inner.var() / values.var(dtype=float)), abs=1e-3
    )


def test_blur_lowers_it_and_contrast_does_not_change_it() -> None:
    values = np.random.default_rng(0).integers(0, 120, (64, 64)).astype(np.float32)
    plain, dim = (float(gauge(Image(values * scale, 32, "x"))["sharpness"]) for scale in (1.0, 0.3))
    blurred = float(gauge(Image(ndimage.gaussian_filter(values, 2), 32, "x"))["sharpness"])
    assert plain == pytest.approx(dim, abs=1e-3)
    assert blurred < plain - 1
