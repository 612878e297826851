from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from scipy import ndimage

from thirdeye.case.image import Image
from thirdeye.intake.gauges.compression import gauge
from thirdeye.intake.pixels import load_image


@pytest.fixture
def smooth() -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=(128, 128))
    values = ndimage.gaussian_filter(noise, 2) * 300 + 128 + noise * 4
    return values.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("quality", [30, 50, 75, 88, 95])
def test_the_quality_of_a_jpeg_is_read_from_its_table(
    tmp_path: Path, smooth: np.ndarray, quality: int
) -> None:
    PIL.Image.fromarray(smooth).save(tmp_path / "a.jpg", quality=quality)
    assert gauge(load_image(tmp_path, "a.jpg"))["jpeg_quality"] == pytest.approx(quality, abs=1)


def test_blocks_are_found_after_a_jpeg_was_saved_as_png(tmp_path: Path, smooth: np.ndarray) -> None:
    PIL.Image.fromarray(smooth).save(tmp_path / "a.jpg", quality=20)
    with PIL.Image.open(tmp_path / "a.jpg") as coarse:
        coarse.save(tmp_path / "a.png")
    measured = gauge(load_image(tmp_path, "a.png"))
    assert np.isnan(measured["jpeg_quality"])
    assert float(measured["blockiness"]) > 0.3
    assert abs(float(gauge(Image(smooth, 8, "x"))["blockiness"])) < 0.1
