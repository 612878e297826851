"""The support vector machine as a last layer: scikit-learn's own answers, and a network that gives them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from thirdeye.model.network import Network
from thirdeye.training.frozen import pooled_features
from thirdeye.training.loop import predict
from thirdeye.training.margins import COST, fit_margins, with_margins


def table(n_classes: int, n: int = 300) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Features of very different scales, classes that overlap, the last one rare."""
    rng = np.random.default_rng(0)
    share = np.r_[np.full(n_classes - 1, 3.0), 1.0]
    labels = rng.choice(n_classes, n, p=share / share.sum())
    features = rng.normal(size=(n, 8)) + 0.7 * labels[:, None] * rng.normal(size=8)
    return (features * np.geomspace(0.01, 100, 8) + 5).astype(np.float32), labels


def sklearns(features: NDArray[np.float32], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    machine = LinearSVC(C=COST, class_weight="balanced", tol=1e-6, max_iter=100_000)
    return np.asarray(
        make_pipeline(StandardScaler(), machine).fit(features, labels).decision_function(features)
    )


def test_of_two_classes_the_difference_of_the_logits_is_the_margin() -> None:
    features, labels = table(2)
    head = fit_margins(features, labels, n_outputs=2, task="binary", strength=COST)
    logits = head.logits(features)
    assert np.allclose(logits[:, 1] - logits[:, 0], sklearns(features, labels), atol=2e-3)


def test_of_several_classes_each_is_told_from_the_rest() -> None:
    features, labels = table(4)
    head = fit_margins(features, labels, n_outputs=4, task="multiclass", strength=COST)
    logits = head.logits(features)
    for k in range(4):
        assert np.allclose(logits[:, k], sklearns(features, labels == k), atol=2e-3)


def test_labels_have_machines_of_their_own() -> None:
    features, labels = table(3)
    several = np.stack([labels == 0, labels == 2], axis=1).astype(np.int64)
    logits = fit_margins(features, several, n_outputs=2, task="multilabel", strength=COST).logits(features)
    for k in range(2):
        assert np.allclose(logits[:, k], sklearns(features, several[:, k]), atol=2e-3)


@pytest.mark.parametrize(("n_outputs", "only"), [(2, 1), (4, 2)])
def test_a_class_without_cases_is_never_the_answer(n_outputs: int, only: int) -> None:
    features, _ = table(2)
    labels = np.full(len(features), only)
    head = fit_margins(features, labels, n_outputs=n_outputs, task="multiclass", strength=COST)
    assert (head.logits(features).argmax(axis=1) == only).all()


def test_the_network_gives_the_margins_and_keeps_its_features(
    tiny: Callable[..., Network], images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> None:
    network = tiny().eval()
    rows = np.arange(4, 30)
    before = pooled_features(network, images)
    changed = with_margins(network, images, labels, rows, task="binary")
    assert np.array_equal(pooled_features(changed, images), before)
    expected = sklearns(before[rows], labels[rows])
    found = predict(changed, images, rows)
    assert np.allclose(found[:, 1] - found[:, 0], expected, atol=2e-3)
    assert not np.allclose(predict(network, images, rows), found)
