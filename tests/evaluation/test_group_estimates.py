"""Sums over patients give the variances of DeLong, Obuchowski and the ratio estimator."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.group_estimates import area_of, combined, degrees_of_freedom, mean_of
from thirdeye.evaluation.inputs import check_clusters


@pytest.fixture
def cases():
    rng = np.random.default_rng(3)
    truth = rng.random(200) < 0.4
    return truth, rng.normal(size=200) + truth, rng.random(200) < 0.5, rng.integers(0, 90, 200)


def test_area_has_delongs_variance(cases) -> None:
    truth, scores, rows, _ = cases
    found = area_of(truth, scores, rows, check_clusters(None, 200))
    metric = auc(truth[rows], scores[rows])
    assert found is not None
    assert found.value == pytest.approx(metric.value)
    assert found.variance**0.5 == pytest.approx(metric.details["standard_error"])
    assert found.freedom.tolist() == [truth[rows].sum() - 1, (~truth[rows]).sum() - 1]


def test_clustered_area_is_close_to_obuchowskis(cases) -> None:
    truth, scores, rows, patients = cases
    found = area_of(truth, scores, rows, check_clusters(patients, 200))
    metric = auc(truth[rows], scores[rows], clusters=patients[rows])
    assert found is not None
    assert found.variance**0.5 == pytest.approx(metric.details["standard_error"], rel=0.02)


def test_mean_has_the_ratio_estimators_variance(cases) -> None:
    _, scores, rows, patients = cases
    groups = check_clusters(patients, 200)
    found = mean_of(scores, rows, groups)
    other = clustered_mean(scores[rows], groups.of(rows))
    assert found is not None
    assert (found.value, found.variance**0.5) == pytest.approx(
        (other.mean if hasattr(other, "mean") else other.value, other.standard_error)
    )


def test_difference_of_welch(cases) -> None:
    from scipy.stats import ttest_ind

    _, scores, rows, _ = cases
    groups = check_clusters(None, 200)
    one, other = mean_of(scores, rows, groups), mean_of(scores, ~rows, groups)
    assert one is not None
    assert other is not None
    joint = combined([(1.0, one), (-1.0, other)], 200)
    welch = ttest_ind(scores[rows], scores[~rows], equal_var=False)
    assert joint.value / joint.variance**0.5 == pytest.approx(welch.statistic)
    assert degrees_of_freedom(joint) == pytest.approx(welch.df)


def test_shared_patients_lower_the_variance_of_a_difference() -> None:
    """Two views of each patient, equal but for noise: the gap between views is known far better."""
    rng = np.random.default_rng(0)
    level = rng.normal(size=100)
    values = np.concatenate([level, level + rng.normal(scale=0.1, size=100)])
    rows = np.arange(200) < 100
    paired = check_clusters(np.tile(np.arange(100), 2), 200)
    variances = []
    for groups in (paired, check_clusters(None, 200)):
        one, other = mean_of(values, rows, groups), mean_of(values, ~rows, groups)
        assert one is not None
        assert other is not None
        variances.append(combined([(1.0, one), (-1.0, other)], groups.count).variance)
    assert variances[0] < variances[1] / 50
    assert variances[0] ** 0.5 == pytest.approx((values[:100] - values[100:]).std(ddof=1) / 10, rel=1e-9)


def test_nothing_to_estimate() -> None:
    groups = check_clusters(None, 4)
    none = np.zeros(4, bool)
    assert mean_of(np.ones(4), none, groups) is None
    assert area_of(np.ones(4, bool), np.arange(4.0), ~none, groups) is None
