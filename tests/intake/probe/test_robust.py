from __future__ import annotations

import numpy as np
import pytest

from thirdeye.intake.probe.robust import robust_z


def test_a_normal_distribution_is_measured_in_standard_deviations() -> None:
    values = np.random.default_rng(0).normal(5, 2, 20_000)
    assert robust_z(values).std() == pytest.approx(1, abs=0.03)


def test_wild_values_do_not_hide_each_other() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(0, 1, 80), np.full(10, 1e6), [np.nan]])
    z = robust_z(values)
    assert (z[80:90] > 1000).all()
    assert np.isnan(z[90])
    assert np.abs(z[:80]).max() < 6


def test_a_long_tail_is_measured_by_its_own_side() -> None:
    values = np.random.default_rng(0).exponential(size=2000) ** 2
    assert (
        robust_z(values).max()
        < np.abs((values - np.median(values)) / np.median(np.abs(values - np.median(values)))).max()
    )


def test_equal_values_are_not_far() -> None:
    assert (robust_z(np.full(9, 3.0)) == 0).all()
