"""Only a disc is left of the square."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.preparations.rounded import Rounded


@pytest.mark.parametrize("strength", [0.5, 0.9, 1.0])
def test_outside_the_disc_is_grey(strength: float) -> None:
    found = Rounded().paint(np.zeros((100, 100, 3), np.uint8), strength)
    assert (found == 0).mean() == pytest.approx(np.pi / 4 * strength**2, abs=0.01)
    assert set(np.unique(found)) == {0, 128}
