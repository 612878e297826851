"""Rates of a call and what they rest on."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.confusion import class_totals
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.proportion import wilson
from thirdeye.evaluation.rates import composite_metrics, prevalence_metric, rate_metrics, units_of

TRUTH = np.array([1] * 40 + [0] * 60, dtype=bool)
CALLED = np.array([1] * 30 + [0] * 10 + [1] * 12 + [0] * 48, dtype=bool)


def named(truth, called, clusters=None):
    groups = check_clusters(clusters, truth.size)
    return {metric.name: metric for metric in rate_metrics(truth, called, groups=groups, level=0.95)}


@pytest.mark.parametrize(
    ("name", "hits", "n"),
    [
        ("sensitivity", 30, 40),
        ("specificity", 48, 60),
        ("ppv", 30, 42),
        ("npv", 48, 58),
        ("accuracy", 78, 100),
    ],
)
def test_each_rate_has_its_own_denominator(name, hits, n):
    metric = named(TRUTH, CALLED)[name]
    assert (metric.value, metric.n, metric.n_pos, metric.n_neg) == (hits / n, n, 40, 60)
    assert (metric.ci_low, metric.ci_high) == wilson(hits, n)


def test_prevalence_stands_beside_the_predictive_values():
    found = named(TRUTH, CALLED)
    assert found["ppv"].details["prevalence"] == found["npv"].details["prevalence"] == 0.4
    assert "prevalence" not in found["sensitivity"].details
    assert prevalence_metric(TRUTH, groups=check_clusters(None, 100), level=0.95).value == 0.4


def test_patients_with_several_images_widen_every_interval():
    patients = np.arange(100) // 5
    for name, metric in named(TRUTH, CALLED, patients).items():
        assert "design_effect" in metric.details, name
        assert metric.ci_method.startswith(("clustered", "wilson_")), name


def test_nothing_called_leaves_ppv_undefined_with_the_reason():
    found = named(TRUTH, np.zeros(100, dtype=bool))
    assert (found["ppv"].value, found["ppv"].reason) == (None, "no case was called positive")
    assert found["sensitivity"].value == 0


def composites(truth, called, clusters=None):
    groups = check_clusters(clusters, truth.size)
    columns = class_totals(truth, called, k=2)
    draws = resample([totals_statistic(columns, groups)], groups.count, n_resamples=500)[0]
    found = composite_metrics(
        columns.sum(axis=0, dtype=float), draws, units=units_of(truth, groups, k=2), positive=1,
        n_clusters=groups.count, level=0.95,
    )  # fmt: skip
    return {metric.name: metric for metric in found}


def test_composites_have_bootstrap_intervals():
    found = composites(TRUTH, CALLED)
    assert found["balanced_accuracy"].value == pytest.approx((30 / 40 + 48 / 60) / 2)
    assert found["f1"].value == pytest.approx(60 / 82)
    for metric in found.values():
        assert metric.ci_low < metric.value < metric.ci_high


def test_perfect_calls_get_an_exact_bound_not_certainty():
    found = composites(TRUTH, TRUTH)
    sick, well = 0.0125 ** (1 / 40), 0.0125 ** (1 / 60)
    assert found["balanced_accuracy"].ci_low == pytest.approx((sick + well) / 2)
    counts = np.array([[60 * well, 60 * (1 - well)], [40 * (1 - sick), 40 * sick]])
    expected = 2 * counts[1, 1] / (2 * counts[1, 1] + counts[0, 1] + counts[1, 0])
    assert found["f1"].ci_low == pytest.approx(expected)
    for metric in found.values():
        assert (metric.value, metric.ci_high, metric.status) == (1, 1, "degenerate")


def test_the_exact_bound_counts_patients():
    found = composites(TRUTH, TRUTH, clusters=np.arange(100) // 4)
    assert found["balanced_accuracy"].ci_low == pytest.approx((0.0125 ** (1 / 10) + 0.0125 ** (1 / 15)) / 2)
