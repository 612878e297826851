"""Curves keep their shape when they are thinned."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import auc as area

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.curves import curves_of, thin
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.roc import roc_curve


def test_points_on_a_line_are_dropped_without_loss():
    x, y = np.array([0, 0, 0, 0.5, 1]), np.array([0, 0.2, 1, 1, 1])
    assert thin(x, y).tolist() == [0, 2, 4]
    assert thin(x[:2], y[:2]).tolist() == [0, 1]


def test_ten_thousand_cases_fit_into_five_hundred_points(rng):
    labels = rng.integers(0, 2, 10000).astype(bool)
    p = 1 / (1 + np.exp(-rng.normal(size=10000) - labels))
    curves = curves_of(labels, p, groups=check_clusters(None, 10000), level=0.95)
    roc = curves["roc"]
    assert len(roc["sensitivity"]) <= 500
    x, y = 1 - np.array(roc["specificity"]), np.array(roc["sensitivity"])
    assert area(x, y) == pytest.approx(auc(labels, p).value, abs=1e-3)
    whole = roc_curve(labels, p)
    # Along the diagonal both are functions: y - x of y + x.
    all_x, all_y = 1 - whole.specificity, whole.sensitivity
    assert np.abs(np.interp(all_x + all_y, x + y, y - x) - (all_y - all_x)).max() < 0.005
    assert (roc["thresholds"][0], x[0], y[-1]) == (None, 0, 1)
    assert len(curves["pr"]["recall"]) <= 500
    json.dumps(curves, allow_nan=False)


def test_one_class_has_no_roc():
    groups = check_clusters(None, 2)
    curves = curves_of(np.array([True, True]), np.array([0.2, 0.9]), groups=groups, level=0.95)
    assert curves["roc"] is None
    assert curves["pr"]["baseline"] == 1
    curves = curves_of(np.array([False, False]), np.array([0.2, 0.3]), groups=groups, level=0.95)
    assert curves["pr"] is None
