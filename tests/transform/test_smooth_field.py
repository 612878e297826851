from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import BSpline

from thirdeye.transform.smooth_field import field_of, fitted_lattice, spline_weights


def test_weights_are_those_of_the_uniform_cubic_b_spline() -> None:
    lattice = np.random.default_rng(0).normal(size=7)  # four spans
    knots = np.arange(-3, 8, dtype=float)
    wanted = BSpline(knots, lattice, 3)((np.arange(30) + 0.5) * 4 / 30)
    np.testing.assert_allclose(spline_weights(30, 4, 30) @ lattice, wanted, atol=1e-12)
    np.testing.assert_allclose(field_of(lattice, (30,)), wanted, atol=1e-12)


@pytest.mark.parametrize("sides", [(20, 30), (12, 16, 9)])
def test_one_value_everywhere_comes_back_when_the_rest_is_fitted_again(sides) -> None:
    left, off = np.full(sides, 2.5), []
    for _ in range(12):
        lattice = fitted_lattice(left, np.ones(sides, bool), 4)
        assert lattice.shape == (7,) * len(sides)
        left = left - field_of(lattice, sides)
        off.append(np.abs(left).mean())
    assert off[-1] < 0.05 < off[0]
    assert off[-1] < 0.2 * off[0]


def test_a_fit_repeated_on_what_is_left_comes_near_a_smooth_field() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 50), indexing="ij")
    wanted, inside = 0.5 * x - 0.3 * y + 0.2 * x * y, x**2 + y**2 < 0.9
    found = np.zeros_like(wanted)
    for _ in range(30):
        found += field_of(fitted_lattice(wanted - found, inside, 2), wanted.shape)
    assert np.abs(found - wanted)[inside].max() < 0.05


def test_a_finer_grid_over_the_same_ground() -> None:
    lattice = np.random.default_rng(1).normal(size=(5, 5))
    fine, coarse = field_of(lattice, (60, 60)), field_of(lattice, (20, 20))
    np.testing.assert_allclose(fine[1::3, 1::3], coarse, atol=1e-12)
