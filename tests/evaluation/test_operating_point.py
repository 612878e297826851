"""Thresholds: every candidate tried one by one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.operating_point import (
    choose_operating_points,
    cost_point,
    further_points,
    specificity_at_sensitivity,
    youden_points,
)


@pytest.fixture
def cases(rng):
    labels = (rng.random(120) < 0.4).astype(int)
    return labels, np.round(1 / (1 + np.exp(-rng.normal(size=120) - 1.5 * labels + 1)), 2)


def rates(labels, scores, threshold):
    called = scores >= threshold
    return called[labels == 1].mean(), 1 - called[labels == 0].mean()


def test_youden_is_the_best_of_all_thresholds(cases):
    best = max(sum(rates(*cases, threshold)) for threshold in np.unique(cases[1]))
    for point in youden_points(*cases):
        assert sum(rates(*cases, point.threshold)) == pytest.approx(best)
        assert rates(*cases, point.threshold) == pytest.approx((point.sensitivity, point.specificity))


def test_highest_specificity_keeps_its_floor(cases):
    attained = [rates(*cases, threshold) for threshold in np.unique(cases[1])]
    best = max(specificity for sensitivity, specificity in attained if sensitivity >= 0.95)
    point = specificity_at_sensitivity(*cases, 0.95)[0]
    assert point.sensitivity >= 0.95
    assert point.specificity == pytest.approx(best)


def test_floor_of_one_finds_every_positive(cases):
    point = specificity_at_sensitivity(*cases, 1.0)[0]
    assert rates(*cases, point.threshold)[0] == 1


def test_rounding_cannot_turn_a_case_around(cases):
    threshold = youden_points(*cases)[0].threshold
    assert np.abs(cases[1] - threshold).min() > 1e-3


def test_equal_optima_are_all_listed_most_sensitive_first():
    points = youden_points([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4])
    assert [(p.sensitivity, p.specificity) for p in points] == [(1, 0.5), (0.5, 1)]
    chosen = choose_operating_points([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4])[0]
    assert chosen["threshold"] == pytest.approx(0.15)
    assert chosen["alternatives"] == pytest.approx([0.35])


def test_named_points_with_origin_and_metrics(cases):
    points = choose_operating_points(*cases, clusters=np.arange(120) // 2)
    assert [point["name"] for point in points] == ["youden", "sensitivity_95", "specificity_95"]
    assert points[2]["specificity"]["value"] >= 0.95
    assert {point["origin"] for point in points} == {"tuned_on_validation"}
    metric = points[1]["sensitivity"]
    assert metric["value"] >= 0.95
    assert metric["ci_method"].startswith(("clustered", "wilson_"))
    assert "optimistic" in metric["convention"]
    json.dumps(points, allow_nan=False)


def test_one_class_is_refused_with_the_counts():
    with pytest.raises(DataRefused, match="0 positive and 3 negative"):
        choose_operating_points([0, 0, 0], [0.1, 0.2, 0.3])


def test_constant_probabilities_call_everything_positive():
    points = choose_operating_points([0, 1, 0], [0.5, 0.5, 0.5])
    assert [point["threshold"] for point in points] == [0.5, 0.5]


def test_neighbouring_floats_still_separate():
    low = 0.3
    high = np.nextafter(low, 1)
    point = youden_points([0, 1], [low, high])[0]
    assert rates(np.array([0, 1]), np.array([low, high]), point.threshold) == (1, 1)


def test_a_point_from_costs_maximises_the_expected_benefit(rng):
    """With calibrated probabilities no other threshold gives more net benefit at the same costs."""
    point = cost_point(9)
    assert (point["name"], point["threshold"], point["origin"]) == ("cost_ratio_9", 0.1, "prespecified")
    p = rng.random(200_000) ** 2
    y = rng.random(p.size) < p
    gained = {at: 9 * (y & (p >= at)).sum() - (~y & (p >= at)).sum() for at in (0.05, 0.08, 0.1, 0.12, 0.2)}
    assert max(gained, key=gained.get) == point["threshold"]


@pytest.mark.parametrize("wrong", [0, -1, float("inf"), float("nan")])
def test_impossible_costs_are_refused(wrong):
    with pytest.raises(UsageError, match="above 0"):
        cost_point(wrong)


@pytest.mark.parametrize("seed", range(3))
def test_further_points_are_the_best_of_all_thresholds(seed: int) -> None:
    """Against a search over every threshold; F1 against scikit-learn."""
    from sklearn.metrics import f1_score

    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, 120)
    scores = (random.normal(0.6 * labels, 0.5)).round(2)
    found = {one["name"]: one for one in further_points(labels, scores, ("f1", "sensitivity:0.9"))}
    assert list(found) == ["f1", "sensitivity_90"]
    reached = f1_score(labels, scores >= found["f1"]["threshold"])
    assert reached == pytest.approx(max(f1_score(labels, scores >= cut) for cut in np.unique(scores)))
    usual = choose_operating_points(labels, scores, at_least_sensitivity=0.9)
    assert found["sensitivity_90"] == next(one for one in usual if one["name"] == "sensitivity_90")


def test_a_further_point_that_is_not_known_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no operating point is called 'precision:0\.9'"):
        further_points([0, 1], [0.1, 0.9], ("precision:0.9",))
