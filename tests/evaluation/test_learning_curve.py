"""Predictions of a learning curve: intervals that cover, refusals, and no promise where the curve is flat."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.learning_curve import LearningPoint, fit_learning_curve
from thirdeye.evaluation.learning_verdict import learning_curve_block, learning_verdict

SIZES = np.array([50.0, 90, 160, 280, 500])


def truth(n, floor=0.05, scale=0.1, rate=0.5):
    return 1 - (floor + scale * (np.asarray(n) / 500) ** -rate)


def points(values, errors=0.004, sizes=SIZES):
    return [
        LearningPoint(n, v, e)
        for n, v, e in zip(sizes, values, np.broadcast_to(errors, len(values)), strict=True)
    ]


def test_predictions_lie_on_the_curve():
    curve = fit_learning_curve(points(truth(SIZES)))
    assert curve.value_at(500).value == pytest.approx(truth(500), abs=2e-4)
    assert curve.value_at(1000).value == pytest.approx(truth(1000), abs=1e-3)
    gain = curve.gain(2)
    assert gain.value == pytest.approx(truth(1000) - truth(500), abs=1e-3)
    assert gain.ci_low < gain.value < gain.ci_high
    needed = curve.cases_for(0.87)
    assert truth(needed.value) == pytest.approx(0.87, abs=1e-3)
    assert needed.ci_low < needed.value < needed.ci_high


def test_the_order_of_points_does_not_matter():
    given = points(truth(SIZES), errors=np.array([0.02, 0.01, 0.008, 0.006, 0.005]))
    cov = np.diag([p.standard_error**2 for p in given])
    turned = [4, 2, 0, 1, 3]
    one = fit_learning_curve(given, covariance=cov)
    two = fit_learning_curve([given[i] for i in turned], covariance=cov[np.ix_(turned, turned)])
    assert one.gain(2) == two.gain(2)


def simulate(repeats, *, floor, scale, rate, error, shared, seed=0):
    """Outcomes, and how often intervals hold the truth, over learners with a known law."""
    rng = np.random.default_rng(seed)
    spread = np.full(5, error)
    covariance = np.outer(spread, spread) * (shared + (1 - shared) * np.eye(5))
    root = np.linalg.cholesky(covariance)
    true = truth(SIZES, floor, scale, rate)
    outcomes, held, predicted = Counter(), Counter(), 0
    for repeat in range(repeats):
        values = np.clip(true + root @ rng.standard_normal(5), 0, 1)
        curve = fit_learning_curve(points(values, spread), covariance=covariance, n_draws=300, seed=repeat)
        outcomes[learning_verdict(curve)["outcome"]] += 1
        if curve.refusal is not None:
            continue
        predicted += 1
        for factor in (2, 4):
            gain, wanted = curve.gain(factor), truth(500 * factor, floor, scale, rate)
            held[f"gain {factor}"] += gain.ci_low - 1e-9 <= wanted - true[-1] <= gain.ci_high + 1e-9
            value = curve.value_at(500 * factor)
            held[f"value {factor}"] += value.ci_low <= wanted <= value.ci_high
    return outcomes, {name: count / predicted for name, count in held.items()}


@pytest.mark.parametrize(
    ("floor", "scale", "rate", "error", "shared"),
    [(0.05, 0.1, 0.5, 0.01, 0.0), (0.0, 0.15, 0.3, 0.015, 0.5), (0.1, 0.05, 1.0, 0.03, 0.8)],
)
def test_intervals_cover_the_truth_about_nominally(floor, scale, rate, error, shared):
    outcomes, coverage = simulate(150, floor=floor, scale=scale, rate=rate, error=error, shared=shared)
    assert min(coverage.values()) >= 0.89, coverage  # 0.95 less three standard errors of 150 repeats
    assert outcomes["rising"] + outcomes["levelling"] >= 0.9 * 150, outcomes
    assert outcomes["flat"] == 0


@pytest.mark.parametrize(("error", "shared"), [(0.005, 0.0), (0.02, 0.7)])
def test_a_flat_curve_promises_nothing(error, shared):
    outcomes, _ = simulate(150, floor=0.15, scale=0.0, rate=0.5, error=error, shared=shared)
    assert outcomes["rising"] <= 4, outcomes  # one-sided 2.5 %
    assert outcomes["rising"] + outcomes["levelling"] <= 9, outcomes
    assert outcomes["flat"] >= 75, outcomes


def test_shared_errors_take_no_part_in_the_gain():
    values, error = truth(SIZES), 0.03
    apart = fit_learning_curve(points(values, error))
    shared = np.full((5, 5), error**2 * 0.98) + np.eye(5) * error**2 * 0.02
    together = fit_learning_curve(points(values, error), covariance=shared)
    width = [m.ci_high - m.ci_low for m in (apart.gain(2), together.gain(2))]
    assert width[1] < 0.5 * width[0]
    value = together.value_at(500)
    assert value.ci_high - value.ci_low > 2 * 1.9 * error * 0.9


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (points(truth(SIZES[:3]), sizes=SIZES[:3]), "only 3 numbers of cases"),
        (points(truth([400, 430, 460, 500]), sizes=[400, 430, 460, 500]), "too close together"),
        (points([0.9, 0.88, 0.86, 0.84, 0.82]), "falls with more cases"),
        (points([0.7, 0.9, 0.7, 0.9, 0.93], 0.003), "do not follow a learning curve"),
    ],
)
def test_an_unsupported_curve_is_not_extrapolated(given, words):
    curve = fit_learning_curve(given)
    assert words in curve.refusal
    for metric in (curve.gain(2), curve.value_at(curve.largest * 2), curve.cases_for(0.99)):
        assert metric.status == "undefined"
        assert metric.value is None
        assert words in metric.reason
    assert curve.value_at(curve.largest).value is not None  # what was measured can be told
    said = learning_verdict(curve)
    assert said["outcome"] == "undetermined"
    assert "cannot be told" in said["verdict"]


def test_nothing_is_predicted_far_away():
    curve = fit_learning_curve(points(truth(SIZES)))
    assert curve.value_at(4 * 500).status == "ok"
    assert curve.value_at(4.1 * 500).status == "undefined"
    never = curve.cases_for(0.96)  # beyond the floor of 0.05
    assert never.status == "undefined"
    assert "not expected within 10 times" in never.reason
    with pytest.raises(UsageError, match="between 0 and 1"):
        curve.cases_for(1.0)


def test_an_upper_limit_may_be_without_bound():
    values = truth(SIZES, 0.1, 0.03, 0.5) + np.array([0.004, -0.004, 0.003, -0.002, 0.001])
    needed = fit_learning_curve(points(values, 0.01)).cases_for(0.88)
    assert needed.ci_high == math.inf
    assert needed.as_json()["ci_high"] == "inf"


def test_a_perfect_learner_is_flat():
    curve = fit_learning_curve(points(np.ones(5), 0.0))
    assert learning_verdict(curve)["outcome"] == "flat"
    assert curve.gain(2).value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "bad", [LearningPoint(50, 1.2, 0.01), LearningPoint(50, 0.8, -0.01), LearningPoint(math.nan, 0.8, 0.01)]
)
def test_impossible_points_are_refused(bad):
    with pytest.raises(UsageError, match="a point of a learning curve"):
        fit_learning_curve([bad, *points(truth(SIZES))])


def test_a_covariance_of_another_shape_is_refused():
    with pytest.raises(UsageError, match="covariance: expected 5"):
        fit_learning_curve(points(truth(SIZES)), covariance=np.eye(4))


def test_the_block_is_json_with_metrics():
    block = learning_curve_block(fit_learning_curve(points(truth(SIZES, 0.03)), name="auc_macro"))
    assert block["outcome"] == "rising"
    assert block["verdict"].startswith("Twice as many cases would be expected to add 0.0")
    assert "macro AUC" in block["verdict"]
    assert [p["factor"] for p in block["predictions"]] == [2, 4]
    assert all(p["gain"]["name"] == "auc_macro_gain" for p in block["predictions"])
    assert [m["details"]["wanted"] for m in block["cases_needed"]] == [0.9, 0.95]
    assert block["curve"]["n_patients"][-1] == pytest.approx(2000)
