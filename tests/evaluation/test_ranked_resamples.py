"""Every column is checked against the measure computed on the resampled rows themselves."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.partial_auc import partial_auc
from thirdeye.evaluation.precision_recall import average_precision_value, precision_recall_curve
from thirdeye.evaluation.precision_recall_area import area_davis_goadrich
from thirdeye.evaluation.ranked_resamples import FALSE_ALARMS, RECALLS, ranked_statistic, read_ranked
from thirdeye.evaluation.roc import roc_curve


def expected(y, s):
    return {
        "auc": auc(y, s).value,
        "average_precision": average_precision_value(y, s),
        "auc_pr_davis_goadrich": area_davis_goadrich(y, s),
        "partial_auc_specificity_90_100": partial_auc(y, s, focus="specificity", low=0.9, high=1).value,
        "partial_auc_sensitivity_90_100": partial_auc(y, s, focus="sensitivity", low=0.9, high=1).value,
    }


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_a_weight_is_a_copy_of_the_row(rng, digits):
    y, patients = rng.integers(0, 2, 150), np.arange(150) // 2
    s = np.round(rng.normal(size=150) + y, digits)
    clusters = check_clusters(patients, 150)
    weights = rng.integers(0, 4, (5, clusters.count))
    found = read_ranked(ranked_statistic(y, s, clusters)(weights.astype(np.float32)))
    for row, weight in enumerate(weights):
        copies = np.repeat(np.arange(150), weight[clusters.codes])
        told = {name: values[row] for name, values in found.areas.items()}
        assert told == pytest.approx(expected(y[copies], s[copies]), abs=1e-12)


def test_curves_at_fixed_places(rng):
    y = rng.integers(0, 2, 300)
    s = np.round(rng.normal(size=300) + y, 1)
    found = read_ranked(ranked_statistic(y, s, check_clusters(None, 300))(np.ones((1, 300), np.float32)))
    curve = roc_curve(y, s)
    for alarms, value in zip(FALSE_ALARMS[1:], found.sensitivity[0][1:], strict=True):
        assert value == pytest.approx(np.interp(alarms, 1 - curve.specificity, curve.sensitivity), abs=1e-9)
    assert found.sensitivity[0][-1] == 1
    curve = precision_recall_curve(y, s)
    for recall, value in zip(RECALLS, found.precision[0], strict=True):
        first = np.flatnonzero(curve.recall >= recall - 1e-9)[0]
        assert value == pytest.approx(curve.precision[first])


def test_a_resample_without_a_class_is_missing():
    found = read_ranked(
        ranked_statistic([1, 0], [0.2, 0.1], check_clusters(None, 2))(np.eye(2, dtype=np.float32))
    )
    assert np.isnan(found.areas["auc"]).all()
    assert np.isnan(found.sensitivity).all()
    assert found.areas["average_precision"][0] == 1
