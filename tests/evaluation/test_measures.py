"""Measures from plain columns: values as scikit-learn's, whatever holds the columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as reference

from thirdeye.evaluation.measures import (
    call_measures,
    class_measures,
    probability_measures,
    ranking_measures,
)

RNG = np.random.default_rng(4)
TRUTH = (RNG.random(120) < 0.4).astype(int)
SCORES = np.round(RNG.normal(TRUTH, 1.0), 1)
P = 1 / (1 + np.exp(-SCORES))


def by_name(metrics):
    return {metric.name: metric for metric in metrics}


def test_ranking() -> None:
    found = by_name(ranking_measures(TRUTH, SCORES, n_resamples=200))
    assert found["auc"].value == pytest.approx(reference.roc_auc_score(TRUTH, SCORES))
    assert found["average_precision"].value == pytest.approx(reference.average_precision_score(TRUTH, SCORES))
    corrected = found["partial_auc_specificity_90_100_mcclish"].value
    assert corrected == pytest.approx(reference.roc_auc_score(TRUTH, SCORES, max_fpr=0.1))
    for metric in found.values():
        assert metric.ci_low < metric.value < metric.ci_high


def test_calls() -> None:
    called = SCORES >= 0.5
    found = by_name(call_measures(TRUTH, called, n_resamples=200))
    for name, value in (
        ("sensitivity", reference.recall_score(TRUTH, called)),
        ("ppv", reference.precision_score(TRUTH, called)),
        ("f1", reference.f1_score(TRUTH, called)),
        ("mcc", reference.matthews_corrcoef(TRUTH, called)),
        ("balanced_accuracy", reference.balanced_accuracy_score(TRUTH, called)),
        ("kappa", reference.cohen_kappa_score(TRUTH, called)),
    ):
        assert found[name].value == pytest.approx(value)
        assert found[name].ci_low < value < found[name].ci_high


def test_probabilities() -> None:
    found = by_name(probability_measures(TRUTH, P, n_resamples=100))
    assert found["brier"].value == pytest.approx(reference.brier_score_loss(TRUTH, P))
    assert found["log_loss"].value == pytest.approx(reference.log_loss(TRUTH, P))
    assert found["expected_over_observed"].value == pytest.approx(P.sum() / TRUTH.sum())
    assert {"calibration_slope", "ece_equal_width_10", "ece_equal_mass_10", "ici", "emax"} <= set(found)


def test_classes() -> None:
    labels = np.arange(90) % 3
    chances = 0.7 * RNG.dirichlet(np.ones(3), 90) + 0.3 * np.eye(3)[labels]
    found = by_name(class_measures(labels, chances, k=3)[:4])
    for name, how, mean in (
        ("auc_macro", "ovr", "macro"), ("auc_weighted", "ovr", "weighted"), ("auc_micro", "ovr", "micro"),
        ("auc_hand_till", "ovo", "macro"),
    ):  # fmt: skip
        value = reference.roc_auc_score(labels, chances, multi_class=how, average=mean)
        assert found[name].value == pytest.approx(value)


def test_whatever_holds_the_columns() -> None:
    patients = [f"P{at // 2}" for at in range(TRUTH.size)]
    told = ranking_measures(TRUTH, SCORES, clusters=patients, n_resamples=50)
    series = pd.Series(TRUTH, index=range(500, 620)).astype("Int64")
    for labels, scores, clusters in (
        (TRUTH.tolist(), SCORES.tolist(), patients),
        (series, pd.Series(SCORES), pd.Series(patients, dtype="category")),
        (TRUTH.astype(bool), SCORES.astype(object), np.array(patients)),
    ):
        assert ranking_measures(labels, scores, clusters=clusters, n_resamples=50) == told


def test_one_class_is_undefined() -> None:
    for metric in ranking_measures(np.ones(12, int), SCORES[:12], n_resamples=20)[:1]:
        assert (metric.status, metric.value) == ("undefined", None)
    assert (
        by_name(call_measures(np.ones(12, int), np.ones(12, int), n_resamples=20))["specificity"].value
        is None
    )
