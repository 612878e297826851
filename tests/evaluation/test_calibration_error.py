"""The calibration error as a metric."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.reliability import calibration_error


def test_all_weights_one_give_the_errors_themselves(rng):
    p = rng.uniform(size=90)
    forecast = Forecast(rng.random(90) < p, p, "positive_class")
    groups = check_clusters(np.arange(90) // 3, 90)
    found = calibration_error_statistic([forecast, forecast], groups)(np.ones((1, 30), dtype=np.float32))
    expected = [
        calibration_error(forecast.truth, p, binning=binning)[0] for binning in ("equal_width", "equal_mass")
    ]
    assert found[0] == pytest.approx(expected * 2, rel=1e-5)


def test_metrics_are_named_after_binning_and_bins(rng):
    p = rng.uniform(size=90)
    forecast = Forecast(rng.random(90) < p, p, "one_vs_rest", "melanoma")
    groups = check_clusters(None, 90)
    draws = resample([calibration_error_statistic([forecast], groups)], 90)[0]
    metrics = calibration_error_metrics(forecast, draws, n_clusters=90, level=0.95)
    assert set(metrics) == {"ece_equal_width_10", "ece_equal_mass_10"}
    one = metrics["ece_equal_mass_10"]
    assert one.class_name == "melanoma"
    assert 0 <= one.ci_low < one.ci_high
