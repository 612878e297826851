"""The linear head against scikit-learn on raw features, and heads put into networks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from thirdeye.model.network import Network
from thirdeye.training.frozen import Head, fit_head, mean_head, pooled_features, with_head

STRENGTH = 0.1


def table(n_classes: int, n: int = 200) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Features of very different scales, classes that overlap."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, n_classes, n)
    features = rng.normal(size=(n, 8)) + 0.7 * labels[:, None] * rng.normal(size=8)
    return (features * np.geomspace(0.01, 100, 8) + 5).astype(np.float32), labels


def sklearns(features: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000, tol=1e-8))
    return model.fit(features.astype(np.float64), labels).predict_proba(features.astype(np.float64))


@pytest.mark.parametrize("n_classes", [2, 3, 5])
@pytest.mark.parametrize("task", ["multiclass", "ordinal"])
def test_probabilities_are_sklearns(n_classes: int, task: str) -> None:
    features, labels = table(n_classes)
    head = fit_head(features, labels, n_outputs=n_classes, task=task, strength=STRENGTH)
    assert head.weight.shape == (n_classes, 8)
    assert np.allclose(softmax(head.logits(features), axis=1), sklearns(features, labels), atol=5e-3)


def test_multilabel_is_one_regression_per_label() -> None:
    features, labels = table(3)
    several = np.stack([labels == 0, labels == 2], axis=1).astype(np.int64)
    head = fit_head(features, several, n_outputs=2, task="multilabel", strength=STRENGTH)
    for k in range(2):
        expected = sklearns(features, several[:, k])[:, 1]
        assert np.allclose(expit(head.logits(features))[:, k], expected, atol=5e-3)


def test_a_class_without_cases_is_never_the_answer() -> None:
    features, labels = table(3)
    shifted = np.where(labels == 0, 0, np.where(labels == 1, 2, 3))  # class 1 of four is absent
    head = fit_head(features, shifted, n_outputs=4, task="multiclass", strength=STRENGTH)
    probabilities = softmax(head.logits(features), axis=1)
    assert probabilities[:, 1].max() < 0.01
    assert np.allclose(probabilities[:, [0, 2, 3]], sklearns(features, labels), atol=0.01)


def test_two_of_three_classes() -> None:
    features, labels = table(2)
    head = fit_head(features, labels * 2, n_outputs=3, task="multiclass", strength=STRENGTH)
    probabilities = softmax(head.logits(features), axis=1)
    assert probabilities[:, 1].max() < 0.01
    assert np.allclose(probabilities[:, 2], sklearns(features, labels)[:, 1], atol=0.01)


def test_one_class_alone_is_always_the_answer() -> None:
    features, _ = table(2)
    labels = np.full(len(features), 1)
    head = fit_head(features, labels, n_outputs=2, task="binary", strength=STRENGTH)
    assert (softmax(head.logits(features), axis=1)[:, 1] > 0.99).all()


def test_a_label_that_all_or_none_have_gets_its_smoothed_odds() -> None:
    features, _ = table(2, n=99)
    labels = np.stack([np.ones(99), np.zeros(99)], axis=1).astype(np.int64)
    head = fit_head(features, labels, n_outputs=2, task="multilabel", strength=STRENGTH)
    assert np.allclose(expit(head.logits(features)), [99.5 / 100, 0.5 / 100])


def test_a_feature_that_never_varies_is_no_trouble() -> None:
    features, labels = table(2)
    features[:, 3] = 7
    head = fit_head(features, labels, n_outputs=2, task="binary", strength=STRENGTH)
    assert np.isfinite(head.logits(features)).all()


def test_the_mean_head_gives_the_mean_of_the_logits() -> None:
    rng = np.random.default_rng(0)
    heads = [Head(rng.normal(size=(3, 8)), rng.normal(size=3)) for _ in range(4)]
    features = rng.normal(size=(10, 8)).astype(np.float32)
    expected = np.mean([head.logits(features) for head in heads], axis=0)
    assert np.allclose(mean_head(heads).logits(features), expected, atol=1e-5)


def test_features_are_the_networks_own_in_every_view(
    tiny: Callable[..., Network], images: NDArray[np.uint8]
) -> None:
    network = tiny()
    told: list[tuple[int, int]] = []
    many = np.concatenate([images, images])
    found = pooled_features(network, many, progress=lambda done, total: told.append((done, total)))
    with torch.inference_mode():
        expected = network.pooled(torch.from_numpy(many).permute(0, 3, 1, 2).float() / 255).numpy()
    assert np.allclose(found, expected, atol=1e-5)
    assert told == [(64, 80), (80, 80)]
    mirrored = pooled_features(network, images, flips=(-1,))
    assert np.allclose(mirrored, pooled_features(network, images[:, :, ::-1]), atol=1e-5)
    assert not np.allclose(mirrored, found[:40], atol=1e-6)


def test_a_network_with_a_head_gives_the_heads_logits(
    tiny: Callable[..., Network], images: NDArray[np.uint8]
) -> None:
    network = tiny()
    before = network.head.weight.clone()
    rng = np.random.default_rng(0)
    head = Head(rng.normal(size=(2, 6)), rng.normal(size=2))
    ended = with_head(network, head)
    with torch.inference_mode():
        logits = ended(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255).numpy()
    assert np.allclose(logits, head.logits(pooled_features(network, images)), atol=1e-4)
    assert torch.equal(network.head.weight, before)
    assert not ended.training
