"""Hand and Till's M against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.evaluation.hand_till import hand_till, hand_till_single_score


@pytest.fixture
def cases(rng):
    labels = rng.integers(0, 4, 200)
    odds = np.exp(rng.normal(size=(200, 4)) + (labels[:, None] == np.arange(4)))
    return labels, odds / odds.sum(axis=1, keepdims=True)


def test_matches_scikit_learn(cases):
    assert hand_till(*cases, k=4) == pytest.approx(roc_auc_score(*cases, multi_class="ovo"))


def test_an_absent_class_is_undefined(cases):
    labels, probabilities = cases
    labels = np.where(labels == 2, 1, labels)
    assert hand_till(labels, probabilities, k=4) is None
    assert hand_till_single_score(labels, probabilities[:, 0], k=4) is None


def test_single_score_reads_each_pair_in_its_own_direction():
    labels, scores = [0, 0, 1, 1, 2, 2], [3.0, 4.0, 1.0, 2.0, 5.0, 6.0]
    assert hand_till_single_score(labels, scores, k=3) == 1.0
