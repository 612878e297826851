"""Intervals of proportions against statsmodels, scipy and the estimator written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.proportion import newcombe_difference, proportion, proportion_interval, wilson

COUNTS = [(0, 20), (1, 20), (81, 263), (20, 20), (1, 1), (999, 1000)]


@pytest.mark.parametrize(("x", "n"), COUNTS)
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_match_statsmodels(x, n, level):
    for ours, theirs in (("wilson", "wilson"), ("clopper_pearson", "beta")):
        expected = proportion_confint(x, n, alpha=1 - level, method=theirs)
        assert proportion_interval(x, n, method=ours, level=level) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("x", "n"), COUNTS)
def test_wilson_with_continuity_matches_scipy(x, n):
    expected = stats.binomtest(x, n).proportion_ci(method="wilsoncc")
    assert proportion_interval(x, n, method="wilson_cc") == pytest.approx(
        (expected.low, expected.high), abs=1e-10
    )


def test_jeffreys_keeps_the_boundary():
    assert proportion_interval(0, 20, method="jeffreys").low == 0
    assert proportion_interval(20, 20, method="jeffreys").high == 1
    inner = proportion_confint(7, 20, method="jeffreys")
    assert proportion_interval(7, 20, method="jeffreys") == pytest.approx(inner, abs=1e-10)


def test_newcombe_matches_statsmodels():
    difference, interval = newcombe_difference(56, 70, 48, 80)
    expected = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert difference == pytest.approx(0.2)
    assert interval == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("x", "n"), [(5, 4), (-1, 4), (0, 0)])
def test_impossible_counts_are_refused(x, n):
    with pytest.raises(UsageError, match=f"{x} of {n}"):
        proportion_interval(x, n)


def test_unknown_method_lists_the_known():
    with pytest.raises(UsageError, match="clopper_pearson"):
        proportion_interval(1, 2, method="exact")


def test_no_case_is_undefined():
    metric = proportion([], name="ppv", empty="no case was called positive")
    assert (metric.value, metric.status, metric.reason) == (None, "undefined", "no case was called positive")


def test_few_cases_are_unstable_but_have_an_interval():
    metric = proportion([1, 1, 0], name="sensitivity")
    assert metric.status == "unstable"
    assert metric.ci_high - metric.ci_low > 0.5


def test_clusters_of_one_row_leave_wilson():
    hits = np.array([1, 0] * 20)
    metric = proportion(hits, name="accuracy", clusters=np.arange(40))
    assert metric.ci_method == "wilson"
    assert (metric.ci_low, metric.ci_high) == wilson(20, 40)


def test_ratio_estimator_written_out(clustered):
    labels, scores, patients = clustered
    right = (scores > 0.6) == labels
    metric = proportion(right, name="accuracy", clusters=patients)
    total, p, names = 0.0, right.mean(), np.unique(patients)
    for name in names:
        rows = patients == name
        total += (right[rows].sum() - p * rows.sum()) ** 2
    variance = names.size / (names.size - 1) * total / right.size**2
    assert metric.ci_method == "clustered_ratio_estimator"
    assert metric.ci_high - metric.value == pytest.approx(1.959963984540054 * variance**0.5, rel=1e-9)
    assert metric.details["design_effect"] == pytest.approx(variance / (p * (1 - p) / right.size), rel=1e-9)


def test_copied_rows_bring_no_information(rng):
    """Each patient four times: the interval must stay as wide as that of the patients."""
    hits = rng.random(100) < 0.7
    patients = np.repeat(np.arange(100), 4)
    single = proportion(hits, name="accuracy", method="wald")
    fourfold = proportion(np.repeat(hits, 4), name="accuracy", clusters=patients)
    naive = proportion(np.repeat(hits, 4), name="accuracy")
    width = single.ci_high - single.ci_low
    assert fourfold.ci_high - fourfold.ci_low == pytest.approx(width * (100 / 99) ** 0.5, rel=1e-9)
    assert naive.ci_high - naive.ci_low < 0.55 * width


def test_near_the_boundary_the_clustered_interval_stays_inside():
    hits = np.array([1] * 57 + [0] * 3)
    metric = proportion(hits, name="specificity", clusters=np.arange(60) // 2)
    assert metric.ci_method == "wilson_effective_sample_size"
    assert 0 < metric.ci_low < metric.value < metric.ci_high < 1


def test_all_right_in_clusters_counts_clusters():
    metric = proportion(np.ones(60), name="specificity", clusters=np.arange(60) // 3)
    assert metric.ci_method == "wilson_one_unit_per_cluster"
    assert (metric.ci_low, metric.ci_high) == wilson(20, 20)


def test_one_cluster_has_no_interval():
    metric = proportion([1, 0, 1], name="accuracy", clusters=["a"] * 3)
    assert (metric.ci_low, metric.status) == (None, "unstable")
    assert "one cluster" in metric.reason


def test_clustered_mean_of_single_rows_is_the_plain_one(rng):
    values = rng.normal(size=50)
    found = clustered_mean(values, check_clusters(None, 50))
    assert found.standard_error == pytest.approx(values.std(ddof=1) / 50**0.5, rel=1e-12)
