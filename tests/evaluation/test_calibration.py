"""Recalibration models against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from thirdeye.errors import DataRefused
from thirdeye.evaluation.calibration import calibration_metrics


@pytest.fixture
def forecast(rng):
    p = rng.uniform(0.02, 0.98, 400)
    truth = (rng.random(400) < 1 / (1 + np.exp(-(0.4 + 0.7 * np.log(p / (1 - p)))))).astype(int)
    return truth, p


def odds(p):
    return np.log(p / (1 - p))


def named(metrics):
    return {metric.name: metric for metric in metrics}


def test_intercept_and_slope_match_statsmodels(forecast):
    truth, p = forecast
    found = named(calibration_metrics(truth, p))
    slope = sm.GLM(truth, sm.add_constant(odds(p)), family=sm.families.Binomial()).fit()
    held = sm.GLM(truth, np.ones((400, 1)), offset=odds(p), family=sm.families.Binomial()).fit()
    assert found["calibration_slope"].value == pytest.approx(slope.params[1], rel=1e-6)
    ours = found["calibration_slope"].ci_low, found["calibration_slope"].ci_high
    assert ours == pytest.approx(slope.conf_int()[1], rel=1e-6)
    assert found["calibration_intercept"].value == pytest.approx(held.params[0], rel=1e-6)
    ours = found["calibration_intercept"].ci_low, found["calibration_intercept"].ci_high
    assert ours == pytest.approx(held.conf_int()[0], rel=1e-6)


def test_clusters_get_a_sandwich(forecast):
    truth, p = forecast
    patients = np.arange(400) // 4
    found = named(calibration_metrics(truth, p, clusters=patients))["calibration_slope"]
    model = sm.GLM(truth, sm.add_constant(odds(p)), family=sm.families.Binomial())
    expected = model.fit(cov_type="cluster", cov_kwds={"groups": patients, "use_correction": False})
    error = (found.ci_high - found.ci_low) / 2 / 1.959963984540054
    assert error == pytest.approx(expected.bse[1] * (100 / 99) ** 0.5, rel=1e-6)
    assert found.ci_method == "cluster_sandwich"


def test_expected_over_observed(forecast):
    truth, p = forecast
    found = named(calibration_metrics(truth, p))["expected_over_observed"]
    assert found.value == pytest.approx(p.sum() / truth.sum())
    assert found.ci_low < found.value < found.ci_high


@pytest.mark.parametrize(
    ("truth", "p", "slope_reason"),
    [
        ([1, 1, 1, 1], [0.2, 0.4, 0.6, 0.8], "one class only"),
        ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], "all probabilities are equal"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.7, 0.8], "separate the classes completely"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.2, 0.8], "separate the classes completely"),
    ],
)
def test_no_finite_slope_is_undefined(truth, p, slope_reason):
    slope = named(calibration_metrics(truth, p))["calibration_slope"]
    assert (slope.value, slope.status) == (None, "undefined")
    assert slope_reason in slope.reason


def test_constant_probabilities_still_have_an_intercept():
    truth = [0] * 30 + [1] * 10
    intercept = named(calibration_metrics(truth, [0.5] * 40))["calibration_intercept"]
    assert intercept.value == pytest.approx(np.log(10 / 30), abs=1e-9)


def test_clipped_probabilities_are_counted(forecast):
    truth, p = forecast
    p = p.copy()
    p[:3] = (0.0, 1.0, 1e-9)
    found = named(calibration_metrics(truth, p))
    assert found["calibration_slope"].details["n_clipped"] == 3
    assert np.isfinite(found["calibration_slope"].value)


def test_no_event_leaves_the_ratio_undefined():
    found = named(calibration_metrics([0, 0, 0], [0.1, 0.2, 0.3]))["expected_over_observed"]
    assert found.status == "undefined"


def test_probabilities_outside_zero_and_one_are_refused():
    with pytest.raises(DataRefused, match=r"1\.2 in row 1"):
        calibration_metrics([0, 1], [0.2, 1.2])
