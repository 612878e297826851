"""Many classes: scikit-learn's values, and the macro interval against a bootstrap by patient."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import auc_statistic
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.multiclass import (
    auc_macro,
    auc_of_classes,
    one_hot,
)

NAMES = ["a", "b", "c", "d"]


def softmax_cases(generator, n, *, patients=None):
    labels = generator.integers(0, 4, n)
    shared = 0 if patients is None else generator.normal(size=(patients.max() + 1, 4))[patients]
    logits = generator.normal(size=(n, 4)) + shared + 1.3 * (labels[:, None] == np.arange(4))
    odds = np.exp(logits)
    return labels, odds / odds.sum(axis=1, keepdims=True)


def test_values_match_scikit_learn(rng):
    labels, probabilities = softmax_cases(rng, 300)
    membership = one_hot(labels, 4)
    macro = auc_macro(membership, probabilities, classes=NAMES)
    assert macro.value == pytest.approx(roc_auc_score(labels, probabilities, multi_class="ovr"))
    single = auc_of_classes(membership, probabilities, classes=NAMES)
    assert [metric.class_name for metric in single] == NAMES
    assert np.mean([metric.value for metric in single]) == pytest.approx(macro.value)


def test_two_classes_reduce_to_delong(rng):
    labels = rng.integers(0, 2, 120)
    p = 1 / (1 + np.exp(-rng.normal(size=120) - labels))
    macro = auc_macro(one_hot(labels, 2), np.column_stack([1 - p, p]), classes=["a", "b"])
    plain = auc(labels, p)
    assert (macro.value, macro.ci_low) == pytest.approx((plain.value, plain.ci_low), rel=1e-9)


@pytest.mark.parametrize("per_patient", [1, 4])
def test_interval_agrees_with_a_bootstrap_by_patient(rng, per_patient):
    patients = np.arange(400) // per_patient
    labels, probabilities = softmax_cases(rng, 400, patients=patients)
    membership, groups = one_hot(labels, 4), check_clusters(patients, 400)
    statistics = [auc_statistic(membership[:, c], probabilities[:, c], groups) for c in range(4)]
    draws = np.mean(resample(statistics, groups.count, n_resamples=2000, seed=3), axis=0)
    found = auc_macro(membership, probabilities, classes=NAMES, clusters=patients)
    assert found.details["standard_error"] == pytest.approx(draws.std(ddof=1), rel=0.06)
    assert found.n_clusters == groups.count


def test_an_absent_class_leaves_the_macro_undefined(rng):
    labels, probabilities = softmax_cases(rng, 60)
    labels[labels == 2] = 1
    found = auc_macro(one_hot(labels, 4), probabilities, classes=NAMES)
    assert (found.value, found.status) == (None, "undefined")
    assert "every case is c" in found.reason


def test_a_class_of_one_has_a_value_but_no_interval(rng):
    labels, probabilities = softmax_cases(rng, 60)
    labels[labels == 3] = 0
    labels[5] = 3
    found = auc_macro(one_hot(labels, 4), probabilities, classes=NAMES)
    assert found.value == pytest.approx(roc_auc_score(labels, probabilities, multi_class="ovr"))
    assert (found.status, found.ci_low) == ("unstable", None)


def test_complete_separation_is_degenerate():
    found = auc_macro(one_hot([0, 0, 1, 1], 2), np.repeat(np.eye(2), 2, axis=0), classes=["a", "b"])
    assert (found.value, found.status, found.ci_high) == (1.0, "degenerate", 1.0)
    assert found.ci_low == pytest.approx(0.0125 ** (1 / 2))
