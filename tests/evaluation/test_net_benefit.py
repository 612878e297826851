from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.decision_curve import decision_curve
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.net_benefit import (
    GRID,
    _benefit,
    decision_block,
    net_benefit_metric,
    net_benefit_statistic,
)
from thirdeye.evaluation.threshold import Threshold

POINT = Threshold("youden", 0.37, "tuned_on_validation")


def cases(rng, n=200):
    p = np.round(rng.random(n), 2)  # many on the grid itself
    return rng.random(n) < p, p, check_clusters(np.arange(n) // 2, n)


@pytest.mark.parametrize("prevalence", [None, 0.1])
def test_a_weight_is_a_copy_of_the_row(rng, prevalence):
    y, p, groups = cases(rng)
    weights = rng.integers(0, 4, (4, groups.count))
    drawn = net_benefit_statistic(y, p, [0.37], groups)(weights.astype(np.float32))
    model, everybody = _benefit(drawn, prevalence)
    for row, weight in enumerate(weights):
        copies = np.repeat(np.arange(y.size), weight[groups.codes])
        told = decision_curve(y[copies], p[copies], GRID, prevalence=prevalence)
        assert model[row][: GRID.size] == pytest.approx(told.model, abs=1e-6)
        assert everybody[row][: GRID.size] == pytest.approx(told.treat_all, abs=1e-6)


def test_block_and_metric(rng):
    y, p, groups = cases(rng, 1000)
    statistic = net_benefit_statistic(y, p, [0.37], groups)
    draws = np.concatenate(
        [
            statistic(np.bincount(rng.integers(0, 500, 500), minlength=500)[None].astype(np.float32))
            for _ in range(300)
        ]
    )
    block = decision_block(y, p, draws, points=[POINT], prevalences=(0.05,), level=0.95)
    own, stated = block["curves"]
    assert (own["prevalence_origin"], own["prevalence"]) == ("set", y.mean())
    assert (stated["prevalence_origin"], stated["prevalence"]) == ("stated", 0.05)
    assert block["points"] == [{"operating_point": "youden", "threshold": 0.37}]
    for curve in (own, stated):
        for low, value, high in zip(curve["model_low"], curve["model"], curve["model_high"], strict=True):
            assert low - 0.01 <= value <= high + 0.01
    assert any(low <= 0.4 <= high for low, high in own["useful_beyond_chance"])
    assert own["gain"] == pytest.approx(np.array(own["model"]) - np.maximum(own["treat_all"], 0))
    metric = net_benefit_metric(y, p, draws, index=0, point=POINT, groups=groups, level=0.95)
    hits, alarms = ((p >= 0.37) & y).mean(), ((p >= 0.37) & ~y).mean()
    assert metric.value == pytest.approx(hits - alarms * 0.37 / 0.63)
    assert metric.ci_low < metric.value < metric.ci_high
    assert metric.details["treat_all"] == pytest.approx(y.mean() - (1 - y.mean()) * 0.37 / 0.63)


def test_a_threshold_without_odds_is_undefined(rng):
    y, p, groups = cases(rng)
    point = Threshold("all", 0.0, "prespecified")
    draws = net_benefit_statistic(y, p, [0.0], groups)(np.ones((3, groups.count), np.float32))
    metric = net_benefit_metric(y, p, draws, index=0, point=point, groups=groups, level=0.95)
    assert (metric.value, metric.status) == (None, "undefined")
