"""What is fitted against scikit-learn's own answers, and read back without it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.ensemble import GradientBoostingClassifier

from thirdeye.training.fusion.joining import DEPTH, RATE, SHARE, TREES, fit_part
from thirdeye.training.selection import Truth
from thirdeye.transform.fusion.joined import TECHNIQUES, Joined, joined_from_bytes, joined_to_bytes

NONE = np.empty(0, np.int64)


def truth(labels: NDArray[np.int64], n_classes: int) -> Truth:
    names = tuple("abcd"[:n_classes])
    return Truth(
        labels, names, 1 if n_classes == 2 else None, np.arange(len(labels)).astype(str), "multiclass"
    )


def drawn(n_classes: int, n: int = 160) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Features of which one tells a little, and columns of which one tells more."""
    rng = np.random.default_rng(n_classes)
    labels = rng.integers(0, n_classes, n)
    features, design = rng.normal(size=(n, 60)), rng.normal(size=(n, 3))
    features[:, 7] += 0.6 * labels
    design[:, 1] += 1.5 * labels
    return features * np.geomspace(0.1, 50, 60), design, labels


@pytest.mark.parametrize("n_classes", [2, 3])
def test_trees_give_the_scores_of_scikit_learn(n_classes: int) -> None:
    _, design, labels = drawn(n_classes)
    part = fit_part("boosting", np.empty((160, 0)), design, truth(labels, n_classes), columns=NONE, seed=3)
    model = GradientBoostingClassifier(
        n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=SHARE, random_state=3
    ).fit(design.astype(np.float32), labels)
    new = np.random.default_rng(9).normal(size=(50, 3))
    found = log_softmax(part.logits(np.empty((50, 0)), new), axis=1)
    assert np.allclose(found, model.predict_log_proba(new.astype(np.float32)), atol=1e-9)


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("there", [(1,), (0, 2), (0, 1, 2)])
def test_a_class_without_cases_is_never_the_answer(technique: str, there: tuple[int, ...]) -> None:
    features, design, labels = drawn(3)
    kept = np.isin(labels, there)
    part = fit_part(
        technique, features[kept], design[kept], truth(labels[kept], 4), columns=np.arange(60), seed=0
    )
    answers = part.logits(features, design).argmax(axis=1)
    assert set(answers) <= set(there)
    assert (answers[kept] == labels[kept]).mean() > 0.8


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_columns_and_features_both_take_part(technique: str) -> None:
    features, design, labels = drawn(2)
    columns = np.array([7, 20, 3])
    part = fit_part(technique, features[:, columns], design, truth(labels, 2), columns=columns, seed=0)
    before = part.logits(features, design)
    moved = design.copy()
    moved[:, 1] += 2
    assert (part.logits(features, moved)[:, 1] >= before[:, 1]).mean() > 0.9
    other = features.copy()
    other[:, 30] += 1e3  # not among the columns
    assert np.array_equal(part.logits(other, design), before)
    features[:, 7] -= 1e3
    assert not np.allclose(part.logits(features, design), before)


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_what_is_read_back_says_the_same(technique: str) -> None:
    features, design, labels = drawn(3)
    parts = tuple(
        fit_part(technique, features[:, :20], design, truth(labels, 3), columns=np.arange(20), seed=seed)
        for seed in (0, 1)
    )
    model = Joined(technique, parts)
    back = joined_from_bytes(joined_to_bytes({"together": model, "alone": model}), technique)
    assert set(back) == {"together", "alone"}
    assert np.array_equal(back["together"].logits(features, design), model.logits(features, design))
    mean = np.mean([part.logits(features, design) for part in parts], axis=0)
    assert np.array_equal(model.logits(features, design), mean)


def test_the_cost_is_chosen_by_other_patients() -> None:
    """Copies of a patient's case would reward a cost that knows them by heart."""
    features, design, labels = drawn(2, 80)
    repeated = [np.repeat(one, 4, axis=0) for one in (features, design)]
    held = Truth(np.repeat(labels, 4), ("a", "b"), 1, np.repeat(np.arange(80), 4).astype(str), "binary")
    part = fit_part("svm", *repeated, held, columns=np.arange(60), seed=0)
    new, more, told = drawn(2, 81)
    right = (part.logits(new, more).argmax(axis=1) == told).mean()
    assert right > 0.6


def test_reading_needs_no_scikit_learn() -> None:
    import subprocess

    code = "import sys, thirdeye.inference.fusion.model; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
