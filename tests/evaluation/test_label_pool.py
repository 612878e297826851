from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as reference

from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.label_pool import pooled_metrics


def pooled(labels, p):
    cases = read_case_set(
        labels=labels, probabilities=p, classes=["a", "b", "c"], task="multilabel", positive=None,
        clusters=np.arange(len(labels)) // 2, n_resamples=200,
    )  # fmt: skip
    return {metric.name: metric for metric in pooled_metrics(cases)}


def test_values_as_scikit_learn(rng):
    y = (rng.random((150, 3)) < [0.5, 0.3, 0.2]).astype(int)
    p = 1 / (1 + np.exp(1 - 2 * y - rng.normal(size=(150, 3))))
    called, found = p >= 0.5, pooled(y, p)
    expected = {
        "f1_micro": reference.f1_score(y, called, average="micro"),
        "f1_macro": reference.f1_score(y, called, average="macro"),
        "sensitivity_micro": reference.recall_score(y, called, average="micro"),
        "ppv_micro": reference.precision_score(y, called, average="micro"),
        "specificity_micro": reference.recall_score(1 - y, ~called, average="micro"),
        "hamming_loss": reference.hamming_loss(y, called),
    }
    assert {name: found[name].value for name in expected} == pytest.approx(expected)
    for metric in found.values():
        assert metric.ci_low < metric.value < metric.ci_high
        assert metric.n_clusters == 75


def test_a_label_neither_present_nor_called_is_undefined(rng):
    y = np.zeros((20, 3), int)
    y[:10, :2] = 1
    p = np.where(y == 1, 0.8, 0.1)
    found = pooled(y, p)
    assert (found["f1_macro"].value, found["f1_macro"].status) == (None, "undefined")
    assert found["f1_micro"].value == 1
