import numpy as np
import pytest

from thirdeye.transform.handcrafted.picture import picture_of
from thirdeye.transform.handcrafted.wavelet import wavelet


def test_stripes_fill_the_band_of_their_direction() -> None:
    lines = np.zeros((64, 64, 3), np.uint8)
    lines[::2] = 255  # brightness changes from row to row
    found = wavelet(picture_of(lines))
    assert found["wavelet_lh_1_mean_magnitude"] == pytest.approx(1)
    assert found["wavelet_hl_1_mean_magnitude"] == found["wavelet_hh_1_mean_magnitude"] == 0
    assert found["wavelet_ll_1_mean"] == pytest.approx(0.5)
    assert found["wavelet_lh_2_mean_magnitude"] == 0


def test_energy_is_kept_by_the_first_step() -> None:
    picture = picture_of(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    found = wavelet(picture)
    bands = [
        found[f"wavelet_{name}_1_std"] ** 2 + found[f"wavelet_{name}_1_mean"] ** 2
        for name in ("lh", "hl", "hh")
    ]
    low = 4 * (found["wavelet_ll_1_std"] ** 2 + found["wavelet_ll_1_mean"] ** 2)
    assert (sum(bands) + low) / 4 == pytest.approx((picture.stretched**2).mean(), rel=1e-4)
