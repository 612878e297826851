"""Bins, calibration error and the exact identity of the Brier score."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from thirdeye.errors import UsageError
from thirdeye.evaluation.proportion import wilson
from thirdeye.evaluation.reliability import (
    bin_probabilities,
    brier_decomposition,
    calibration_error,
    reliability_curve,
    spiegelhalter_z,
)


@pytest.fixture
def forecast(rng):
    p = rng.beta(2, 3, 250)
    return (rng.random(250) < p**1.3).astype(int), p


def test_bins_match_scikit_learn(forecast):
    rate, mean = calibration_curve(*forecast, n_bins=10)
    bins = bin_probabilities(*forecast)
    assert bins.event_rate == pytest.approx(rate)
    assert bins.mean_probability == pytest.approx(mean)


def test_one_belongs_to_the_last_bin_and_a_tenth_to_the_second():
    assert bin_probabilities([0, 1, 1, 0], [0.0, 1.0, 0.95, 0.1]).n.tolist() == [1, 1, 2]


def test_equal_mass_bins_are_equal(forecast):
    bins = bin_probabilities(*forecast, binning="equal_mass")
    assert set(bins.n) == {25}
    assert (np.diff(bins.mean_probability) > 0).all()


def test_brier_identity_is_exact(forecast):
    parts = brier_decomposition(*forecast)
    total = parts["reliability"] - parts["resolution"] + parts["uncertainty"]
    total += parts["within_bin_variance"] - 2 * parts["within_bin_covariance"]
    assert total == pytest.approx(parts["brier"], abs=1e-14)
    assert parts["brier"] == pytest.approx(np.mean((forecast[1] - forecast[0]) ** 2))


def test_calibration_error_by_hand():
    assert calibration_error([0, 1, 1, 1], [0.1, 0.1, 0.8, 0.8], n_bins=2) == pytest.approx((0.3, 0.4))


def test_curve_carries_wilson_intervals(forecast):
    points = reliability_curve(*forecast)
    assert sum(point["n"] for point in points) == 250
    point = points[3]
    expected = wilson(point["event_rate"] * point["n"], point["n"])
    assert (point["ci_low"], point["ci_high"]) == pytest.approx(expected)


def test_curve_clusters_by_patient(forecast):
    copied = [np.repeat(part, 3) for part in forecast]
    honest = reliability_curve(*copied, clusters=np.repeat(np.arange(250), 3))
    naive = reliability_curve(*copied)
    for one, other in zip(honest[1:6], naive[1:6], strict=True):
        assert one["event_rate"] == other["event_rate"]
        assert one["ci_high"] - one["ci_low"] > 1.4 * (other["ci_high"] - other["ci_low"])


def test_spiegelhalter_is_standard_normal_under_calibration(rng):
    values = []
    for _ in range(300):
        p = rng.uniform(size=200)
        values.append(spiegelhalter_z(rng.random(200) < p, p))
    assert np.mean(values) == pytest.approx(0, abs=0.2)
    assert np.std(values) == pytest.approx(1, abs=0.15)
    assert spiegelhalter_z([0, 1], [0.0, 1.0]) is None


def test_unknown_binning_and_no_bins_are_refused():
    with pytest.raises(UsageError, match="quantile"):
        bin_probabilities([0, 1], [0.1, 0.9], binning="quantile")
    with pytest.raises(UsageError, match="at least one bin"):
        bin_probabilities([0, 1], [0.1, 0.9], n_bins=0)


def test_equal_probabilities_share_a_bin_whatever_the_order_of_rows() -> None:
    labels, flat = np.tile([0, 1], 50), np.full(100, 0.5)
    for order in (np.arange(100), np.argsort(labels, kind="stable")):
        found = bin_probabilities(labels[order], flat, binning="equal_mass")
        assert (found.n.tolist(), found.gaps.tolist()) == ([100], [0.0])
