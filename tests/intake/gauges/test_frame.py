from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.intake.gauges.frame import gauge


def test_a_letterbox_is_measured() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (100, 100), dtype=np.uint8)
    assert gauge(Image(pixels, 8, "x"))["margin"] == 0
    pixels[:, 90:] = 255
    pixels[:20] = 0
    assert gauge(Image(pixels, 8, "x"))["margin"] == pytest.approx(1 - 0.8 * 0.9)
