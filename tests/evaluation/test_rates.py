"""Rates of a call and what they rest on."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.proportion import wilson
from thirdeye.evaluation.rates import prevalence_metric, rate_metrics

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
