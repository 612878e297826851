"""Figures by which stages are compared, against scikit-learn."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, softmax
from sklearn.metrics import log_loss as sklearns_log_loss
from sklearn.metrics import roc_auc_score

from thirdeye.training.selection import (
    Truth,
    better,
    figure,
    log_loss,
    probabilities,
    scaled_to_likelihood,
)

N = 60


def truth(task: str = "binary", k: int = 2) -> Truth:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, (N, k)) if task == "multilabel" else rng.integers(0, k, N)
    names = tuple("abcdef"[:k])
    clusters = np.array([f"p{i // 2}" for i in range(N)])
    return Truth(labels, names, 1 if task == "binary" else None, clusters, task)


def logits(known: Truth, strength: float) -> np.ndarray:
    k = len(known.classes)
    hot = known.labels if known.labels.ndim == 2 else np.eye(k)[known.labels]
    return (strength * hot + np.random.default_rng(2).normal(size=(N, k))).astype(np.float32)


def test_binary_is_the_auc_of_the_positive_class() -> None:
    known = truth()
    values = logits(known, 1.0)
    found = figure(values, known)
    assert found.name == "auc"
    assert found.value == pytest.approx(roc_auc_score(known.labels == 1, softmax(values, axis=1)[:, 1]))
    swapped = dataclasses.replace(known, positive=0)
    assert figure(values, swapped).value == pytest.approx(found.value)


@pytest.mark.parametrize("task", ["multiclass", "ordinal"])
def test_more_classes_are_macro_averaged(task: str) -> None:
    known = truth(task, 3)
    values = logits(known, 1.0)
    expected = roc_auc_score(known.labels, softmax(values.astype(float), axis=1), multi_class="ovr")
    assert figure(values, known).value == pytest.approx(expected)


def test_multilabel_is_macro_averaged_over_labels() -> None:
    known = truth("multilabel", 3)
    values = logits(known, 1.0)
    assert figure(values, known).value == pytest.approx(roc_auc_score(known.labels, expit(values)))


def test_intervals_are_clustered_by_patient() -> None:
    known = truth()
    alone = dataclasses.replace(known, clusters=np.array([f"p{i}" for i in range(N)]))
    values = logits(known, 1.0)
    assert figure(values, known).n_clusters == N // 2
    assert figure(values, known).ci_low != figure(values, alone).ci_low


@pytest.mark.parametrize(("task", "k"), [("binary", 2), ("multiclass", 4), ("ordinal", 3)])
def test_log_loss_is_sklearns(task: str, k: int) -> None:
    known = truth(task, k)
    values = logits(known, 2.0)
    expected = sklearns_log_loss(known.labels, softmax(values.astype(float), axis=1), labels=range(k))
    assert log_loss(values, known) == pytest.approx(expected)


def test_log_loss_of_labels_is_summed() -> None:
    known = truth("multilabel", 3)
    values = logits(known, 2.0)
    expected = sum(sklearns_log_loss(known.labels[:, k], expit(values[:, k].astype(float))) for k in range(3))
    assert log_loss(values, known) == pytest.approx(expected)


def test_probabilities_survive_large_logits() -> None:
    assert np.array_equal(probabilities(np.array([[1000.0, 0.0]]), "binary"), [[1, 0]])


def test_better_means_a_higher_figure_and_a_tie_is_not_better() -> None:
    known = truth()
    weak, strong = logits(known, 0.5), logits(known, 2.0)
    assert better(strong, weak, known)
    assert not better(weak, strong, known)
    assert not better(strong, strong, known)
    assert not better(strong * 2, strong, known)


def test_without_a_figure_the_loss_decides() -> None:
    known = dataclasses.replace(truth(), labels=np.ones(N, np.int64))
    sure, unsure = np.tile([0.0, 3.0], (N, 1)), np.tile([0.0, 0.5], (N, 1))
    assert figure(sure, known).value is None
    assert better(sure, unsure, known)
    assert not better(unsure, sure, known)


@pytest.mark.parametrize("too_sure_by", [0.3, 1.0, 5.0])
def test_the_scale_is_the_likeliest(too_sure_by: float) -> None:
    known = truth("multiclass", 3)
    values = logits(known, 1.5) * np.float32(too_sure_by)
    best = minimize_scalar(
        lambda factor: log_loss(values * factor, known), bounds=(0.01, 20), method="bounded"
    ).x
    assert scaled_to_likelihood(values, known) == pytest.approx(best, rel=0.05)


def test_at_takes_the_rows_of_everything() -> None:
    rows = np.array([3, 5])
    part = truth().at(rows)
    assert np.array_equal(part.labels, truth().labels[rows])
    assert part.clusters.tolist() == ["p1", "p2"]


def test_the_largest_logits_are_no_trouble() -> None:
    """Of several labels: a probability of 0 or 1, without a warning."""
    found = probabilities(np.array([[-1e6, 1e6], [0.0, 2.0]]), "multilabel")
    np.testing.assert_allclose(found, [[0, 1], [0.5, 1 / (1 + np.exp(-2))]], atol=1e-12)
