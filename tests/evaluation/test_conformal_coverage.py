from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.conformal import fit_sets
from thirdeye.evaluation.conformal_coverage import (
    coverage_metric,
    coverage_p_value,
    coverage_probabilities,
    coverage_range,
    mean_set_size,
    set_sizes,
)


@pytest.mark.parametrize(("n", "m", "coverage"), [(100, 50, 0.9), (9, 30, 0.9), (19, 7, 0.95), (40, 40, 0.5)])
def test_distribution_is_scipys_beta_binomial(n: int, m: int, coverage: float) -> None:
    from scipy.stats import betabinom

    beyond = int(np.floor((n + 1) * (1 - coverage) + 1e-9))
    expected = betabinom(m, n + 1 - beyond, beyond)
    found = coverage_probabilities(n, m, coverage=coverage)
    assert found == pytest.approx(expected.pmf(np.arange(m + 1)), abs=1e-12)
    low, high = coverage_range(n, m, coverage=coverage)
    assert (low * m, high * m) == pytest.approx((expected.ppf(0.025), expected.ppf(0.975)))


def test_p_value_by_hand() -> None:
    # one of 9 calibration cases lies beyond: P(nothing of two covered) = 1 x 2 / (10 x 11)
    assert coverage_p_value(0, 9, 2, coverage=0.9) == pytest.approx(2 * 2 / 110)
    assert coverage_p_value(2, 9, 2, coverage=0.9) == 1


def test_too_few_to_tell_covers_everything() -> None:
    assert coverage_probabilities(5, 10, coverage=0.9)[-1] == 1
    assert coverage_range(5, 10, coverage=0.9) == (1, 1)


def test_range_holds_as_often_as_it_says() -> None:
    rng, inside = np.random.default_rng(11), 0
    low, high = coverage_range(60, 90, coverage=0.9)
    for _ in range(1000):
        p = rng.random(150)
        labels = (rng.random(150) < p).astype(int)
        table = np.column_stack([1 - p, p])
        rule = fit_sets(labels[:60], table[:60])
        share = rule.sets(table[60:])[np.arange(90), labels[60:]].mean()
        inside += low - 1e-9 <= share <= high + 1e-9
    assert 0.94 <= inside / 1000 <= 0.985  # at least 95 %, a little more since shares jump


def test_metric_says_whether_it_is_as_expected() -> None:
    covered = np.repeat([True, False], [88, 12])
    metric = coverage_metric(covered, coverage=0.9, n_calibration=500)
    assert metric.value == 0.88
    assert metric.details["as_expected"] == "yes"
    assert metric.details["expected_low"] < 0.9 < metric.details["expected_high"]
    far = coverage_metric(np.repeat([True, False], [70, 30]), coverage=0.9, n_calibration=500)
    assert far.details["as_expected"] == "no"
    assert "as_expected" not in coverage_metric(covered, coverage=0.9).details
    assert coverage_metric([], coverage=0.9).status == "undefined"
    assert coverage_metric([True], coverage=0.9).status == "unstable"


def test_each_patient_weighs_the_same() -> None:
    covered = np.array([True] * 30 + [False] * 10)
    patients = np.array([0] * 30 + list(range(1, 11)))
    metric = coverage_metric(covered, clusters=patients, coverage=0.9, n_calibration=100)
    assert metric.value == pytest.approx(1 / 11)
    assert (metric.n, metric.n_clusters) == (40, 11)
    assert metric.ci_low < 1 / 11 < metric.ci_high


def test_sizes() -> None:
    inside = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 0]], bool)
    assert set_sizes(inside) == [1, 1, 2, 0]
    metric = mean_set_size(inside)
    assert metric.value == 1.25
    assert metric.ci_high - metric.value == pytest.approx(1.959964 * np.std([1, 2, 0, 2], ddof=1) / 2)
    assert mean_set_size(inside[:0]).status == "undefined"
    assert mean_set_size(inside, clusters=[1, 1, 1, 1]).status == "unstable"
