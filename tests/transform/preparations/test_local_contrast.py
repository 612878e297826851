"""Even light after local contrast; what is small stays."""

from __future__ import annotations

import numpy as np

from thirdeye.transform.preparations.local_contrast import LocalContrast


def test_a_slope_of_light_becomes_even_and_a_dot_stays() -> None:
    slope = np.linspace(60, 180, 64)[None, :, None].repeat(64, axis=0).repeat(3, axis=2)
    slope[30:33, 30:33] -= 40
    found = LocalContrast().paint(slope.astype(np.uint8), 0.1).astype(float)
    assert found.dtype == float
    assert abs(found[5:25, 16:48].mean() - 128) < 4
    assert found[31, 31].max() < 60


def test_an_even_square_is_middle_grey() -> None:
    found = LocalContrast().paint(np.full((16, 16, 3), 77, np.uint8), 0.05)
    assert (found == 128).all()
    assert found.dtype == np.uint8
