"""Peak flow of seventeen people by two meters: table 1 of Bland and Altman 1986 (Lancet 327:307)."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.bland_altman import limits_of_agreement

LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_the_paper() -> None:
    """Bias -2.1, standard deviation 38.8, limits -79.7 and 75.5 with two standard deviations."""
    found = limits_of_agreement(LARGE, MINI, z=2)
    assert (found.bias, found.sd) == pytest.approx((-2.1, 38.8), abs=0.05)
    assert (found.low, found.high) == pytest.approx((-79.7, 75.5), abs=0.1)
    assert found.bias_interval() == pytest.approx((-22.0, 17.8), abs=0.1)
    # The paper's standard error of a limit, sqrt(3 s^2 / n), is that of z = 2 but for n - 1: 16.3.
    assert found.low_interval() == pytest.approx((-114.3, -45.1), abs=1.0)
    assert found.high_interval() == pytest.approx((40.9, 110.1), abs=1.0)


@pytest.mark.parametrize("z", [-1.0, float("nan")])
def test_a_multiple_that_cannot_be(z: float) -> None:
    with pytest.raises(UsageError, match="z"):
        limits_of_agreement(LARGE, MINI, z=z)
