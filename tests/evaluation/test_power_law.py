"""The bounded fit, against scipy's and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from thirdeye.errors import UsageError
from thirdeye.evaluation.power_law import RATES, fit_power_law

SIZES = np.array([50.0, 90, 160, 280, 500])


def law(n, floor, scale, rate):
    return floor + scale * (np.asarray(n) / 500) ** -rate


@pytest.mark.parametrize(
    ("floor", "scale", "rate"), [(0.05, 0.1, RATES[30]), (0.0, 0.15, RATES[20]), (0.1, 0.05, RATES[45])]
)
def test_a_law_without_noise_is_found_again(floor, scale, rate):
    found = fit_power_law(SIZES, law(SIZES, floor, scale, rate), np.ones(5))
    assert (found.floor[0], found.scale[0], found.rate[0]) == pytest.approx((floor, scale, rate), abs=1e-7)
    assert found.error([1000])[0, 0] == pytest.approx(law(1000, floor, scale, rate))
    assert found.at == 500


def test_no_other_law_within_the_bounds_fits_better():
    rng = np.random.default_rng(3)
    for _ in range(5):
        errors = law(SIZES, 0.02, 0.1, 0.4) + rng.normal(0, 0.02, 5)
        weights = rng.uniform(0.5, 2, 5)
        ours = fit_power_law(SIZES, errors, weights)

        def residuals(p, errors=errors, weights=weights):
            return np.sqrt(weights) * (law(SIZES, *p) - errors)

        bounds = ([0, 0, 0.05], [1, 1, 2])
        starts = [least_squares(residuals, [0.05, 0.1, c], bounds=bounds) for c in (0.2, 0.8)]
        best = min(2 * one.cost for one in starts)
        assert best - 1e-9 <= ours.misfit[0] <= best + 0.05 * 0.02**2  # what the grid of rates may cost


def test_the_bounds_hold():
    falling_value = fit_power_law(SIZES, [0.1, 0.11, 0.12, 0.13, 0.14], np.ones(5))
    assert falling_value.scale[0] == 0
    assert falling_value.floor[0] == pytest.approx(0.12)
    steep = fit_power_law(SIZES, [0.2, 0.1, 0.05, 0.02, 0.0], np.ones(5))
    assert steep.floor[0] >= 0
    assert (steep.error([1e9]) >= 0).all()
    relaxed = fit_power_law(SIZES, [0.2, 0.1, 0.05, 0.02, -0.01], np.ones(5), lowest_floor=-0.1)
    assert relaxed.floor[0] >= -0.1
    assert relaxed.misfit[0] < fit_power_law(SIZES, [0.2, 0.1, 0.05, 0.02, -0.01], np.ones(5)).misfit[0]


def test_rows_are_fitted_on_their_own():
    rng = np.random.default_rng(0)
    table = law(SIZES, 0.05, 0.1, 0.5) + rng.normal(0, 0.01, (7, 5))
    together = fit_power_law(SIZES, table, np.ones(5))
    alone = [fit_power_law(SIZES, row, np.ones(5)) for row in table]
    assert together.misfit == pytest.approx([one.misfit[0] for one in alone])
    assert together.rate == pytest.approx([one.rate[0] for one in alone])


def test_cases_for_an_error():
    found = fit_power_law(SIZES, law(SIZES, 0.05, 0.1, RATES[30]), np.ones(5))
    assert found.cases_for(0.15)[0] == pytest.approx(500)
    needed = found.cases_for(0.1)[0]
    assert found.error([needed])[0, 0] == pytest.approx(0.1)
    assert found.cases_for(0.04)[0] == np.inf
    flat = fit_power_law(SIZES, np.full(5, 0.1), np.ones(5))
    assert flat.cases_for(0.2)[0] == 0
    assert flat.cases_for(0.05)[0] == np.inf


@pytest.mark.parametrize(
    ("n", "errors", "weights"),
    [
        ([50, 100], [0.1], [1, 1]),
        ([50, 100], [0.1, 0.2], [1]),
        ([50, 50], [0.1, 0.2], [1, 1]),
        ([0, 50], [0.1, 0.2], [1, 1]),
        ([50, 100], [0.1, 0.2], [0, 1]),
        ([50, 100], [0.1, float("nan")], [1, 1]),
    ],
)
def test_what_cannot_be_fitted_is_refused(n, errors, weights):
    with pytest.raises(UsageError):
        fit_power_law(n, errors, weights)
