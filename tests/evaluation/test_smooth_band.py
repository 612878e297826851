from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.calibration_error import Forecast
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.smooth_band import (
    in_blocks,
    places_of,
    smooth_block,
    smooth_draws,
    smooth_metrics,
    smooth_of,
    smooth_statistic,
)


def forecast_of(rng, n=400, power=1.0):
    p = rng.random(n)
    return Forecast(rng.random(n) < p**power, p, "positive_class")


def test_with_every_case_once_it_is_the_curve_itself(rng):
    forecast = forecast_of(rng)
    groups = check_clusters(None, 400)
    drawn = smooth_statistic(forecast, groups)(np.ones((1, 400), np.float32))[0]
    places = places_of(forecast.probabilities)
    found = smooth_of(forecast, 0.95)
    told = np.interp(places, found.probability, found.event_rate)
    assert drawn[: places.size] == pytest.approx(told, abs=2e-4)
    assert drawn[places.size :].sum() == 400


def test_metrics_hold_the_distances_with_intervals(rng):
    forecast = forecast_of(rng, 1500, power=2.0)  # truth lies up to 0.25 below the probability
    groups = check_clusters(np.arange(1500) // 3, 1500)
    draws = smooth_draws(forecast, groups, n_resamples=200, seed=1)
    found = smooth_of(forecast, 0.95)
    metrics = {m.name: m for m in smooth_metrics(forecast, draws, found=found, groups=groups, level=0.95)}
    assert list(metrics) == ["ici", "e50", "e90", "emax"]
    for metric in metrics.values():
        assert metric.ci_low <= metric.value <= metric.ci_high
        assert metric.ci_method == "bootstrap_percentile_by_cluster"
    assert metrics["ici"].value == pytest.approx(1 / 6, abs=0.04)
    block = smooth_block(forecast, draws, found=found, level=0.95)
    limits = zip(*(block[name] for name in ("probability", "low", "high")), strict=True)
    assert np.mean([low <= p**2 <= high for p, low, high in limits]) > 0.8
    assert sum(block["histogram"]["with_outcome"]) == forecast.truth.sum()
    assert sum(block["histogram"]["without_outcome"]) == (~forecast.truth).sum()


def test_too_few_cases_are_undefined(rng):
    forecast = Forecast(np.array([True, False]), np.array([0.2, 0.7]), "positive_class")
    assert smooth_of(forecast, 0.95) is None
    metrics = smooth_metrics(
        forecast, np.empty((0, 0)), found=None, groups=check_clusters(None, 2), level=0.95
    )
    assert {metric.status for metric in metrics} == {"undefined"}
    assert smooth_block(forecast, np.empty((0, 0)), found=None, level=0.95) is None


def test_very_many_patients_are_drawn_in_blocks():
    groups = check_clusters(None, 50_001)
    blocks = in_blocks(groups)
    assert blocks.count == 20_000
    assert set(np.bincount(blocks.codes)) == {2, 3}
    few = check_clusters(None, 10)
    assert in_blocks(few) is few
