"""Attention learns which image of a case counts."""

import numpy as np

from thirdeye.inference.fusion.heads import AttentionHead
from thirdeye.training.fusion.attention import fit_attention


def bags(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each case one image carries a mark and, beside it, the answer; two others carry noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    features = rng.normal(size=(3 * n, 6)).astype(np.float32)
    features[:, 0] = 0
    marked = 3 * np.arange(n) + rng.integers(0, 3, n)
    features[marked, 0] = 4
    features[marked, 1] = 2.0 * (2 * labels - 1)
    features[np.setdiff1d(np.arange(3 * n), marked), 1] *= 2
    return features, np.repeat(np.arange(n), 3), labels


def test_it_finds_the_telling_image_and_is_reproducible() -> None:
    features, of_image, labels = bags(0)
    columns = np.arange(6)
    parts = fit_attention(features, of_image, labels, n_outputs=2, task="binary", seed=0, columns=columns)
    again = fit_attention(features, of_image, labels, n_outputs=2, task="binary", seed=0, columns=columns)
    assert all(np.array_equal(parts[name], again[name]) for name in parts)
    head = AttentionHead(columns=columns, **parts)
    new, of_new, truth = bags(1)
    assert (head.logits(new, of_new).argmax(axis=1) == truth).mean() > 0.9
    assert head.attention(new, of_new)[new[:, 0] > 0].mean() > 0.6


def test_labels_of_their_own_and_few_cases() -> None:
    features = np.random.default_rng(0).normal(size=(4, 9)).astype(np.float32)
    truth = np.array([[1, 0, 1], [0, 0, 1]])
    parts = fit_attention(
        features,
        np.array([0, 0, 1, 1]),
        truth,
        n_outputs=3,
        task="multilabel",
        seed=0,
        columns=np.arange(2, 9),
    )
    found = AttentionHead(columns=np.arange(2, 9), **parts).logits(features, np.array([0, 0, 1, 1]))
    assert found.shape == (2, 3)
    assert np.isfinite(found).all()
