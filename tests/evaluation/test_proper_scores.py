"""Losses of probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from thirdeye.evaluation.proper_scores import brier, log_loss, mean_metric


def test_values_match_scikit_learn(rng):
    p = rng.uniform(0.01, 0.99, 100)
    truth = (rng.random(100) < p).astype(int)
    assert brier(truth, p).value == pytest.approx(reference.brier_score_loss(truth, p))
    assert log_loss(truth, p).value == pytest.approx(reference.log_loss(truth, p))


def test_interval_is_that_of_a_mean(rng):
    losses = rng.uniform(size=64)
    found = mean_metric(losses, name="loss")
    half = 1.959963984540054 * losses.std(ddof=1) / 8
    assert (found.ci_low, found.ci_high) == pytest.approx((losses.mean() - half, losses.mean() + half))


def test_perfect_forecasts_are_degenerate_not_certain():
    found = brier([0, 1, 1], [0, 1, 1])
    assert (found.value, found.status, found.ci_low) == (0, "degenerate", None)


def test_certain_and_wrong_is_finite_and_counted():
    found = log_loss([1, 0], [0.0, 0.4])
    assert np.isfinite(found.value)
    assert found.details["n_clipped"] == 1


def test_one_cluster_has_no_interval():
    assert mean_metric(np.array([0.1, 0.2]), name="loss", clusters=["a", "a"]).status == "unstable"
