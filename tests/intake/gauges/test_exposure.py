from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.intake.gauges.exposure import gauge


def test_shares_by_hand() -> None:
    pixels = np.full((10, 10), 51, np.uint8)
    pixels[:2] = 0
    pixels[9] = 255
    measured = gauge(Image(pixels, 8, "x"))
    assert measured["black"] == pytest.approx(0.2)
    assert measured["white"] == pytest.approx(0.1)
    assert measured["brightness"] == pytest.approx((70 * 51 + 10 * 255) / 100 / 255, abs=1e-4)
    assert measured["contrast"] == pytest.approx(1.0)


def test_deep_pictures_are_judged_in_their_own_range() -> None:
    ramp = np.linspace(1000, 3000, 10_000).reshape(100, 100).astype(np.uint16)
    measured = gauge(Image(ramp, 12, "x"))
    assert measured["brightness"] == pytest.approx(0.5, abs=0.01)
    assert measured["contrast"] == pytest.approx(0.9, abs=0.01)
