"""Average precision against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from thirdeye.evaluation.precision_recall import average_precision_value, precision_recall_curve


@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_matches_scikit_learn(rng, decimals):
    labels = (rng.random(150) < 0.2).astype(int)
    scores = np.round(rng.normal(size=150) + labels, decimals)
    assert average_precision_value(labels, scores) == pytest.approx(average_precision_score(labels, scores))


def test_no_positive_case_is_not_zero():
    assert math.isnan(average_precision_value([0, 0, 0], [0.1, 0.2, 0.3]))


def test_curve_ends_at_full_recall_and_prevalence():
    curve = precision_recall_curve([0, 1, 1, 0], [0.1, 0.4, 0.8, 0.4])
    assert curve.thresholds.tolist() == [0.8, 0.4, 0.1]
    assert curve.precision.tolist() == pytest.approx([1, 2 / 3, 0.5])
    assert curve.recall.tolist() == [0.5, 1, 1]
    assert curve.baseline == 0.5
