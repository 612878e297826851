import time

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.metrics import roc_auc_score

from thirdeye.training.choice import TrainingRows, fitting_scale, inner_splits, macro_auc
from thirdeye.training.classical import Learner

_LINEAR, _RADIAL = Learner("logistic", 0.1), Learner("svm", 10.0)


def _ring(n: int = 240) -> tuple[np.ndarray, np.ndarray]:
    """Cases inside against outside a circle: no straight line tells them apart."""
    features = np.random.default_rng(0).normal(size=(n, 2))
    return features, (np.hypot(*features.T) > 1.2).astype(int)


def _rows(features: np.ndarray, *candidates: Learner) -> TrainingRows:
    return TrainingRows(features, np.arange(len(features)), seed=0, threads=1, candidates=candidates)


def test_the_learner_that_fits_the_problem_is_chosen() -> None:
    features, labels = _ring()
    chosen = _rows(features, _LINEAR, _RADIAL).learn(labels, 2, 60).best
    assert chosen.learner == _RADIAL
    assert chosen.inner_auc[_RADIAL.name] > 0.95
    assert chosen.inner_auc[_LINEAR.name] < 0.7
    np.testing.assert_allclose(np.exp(chosen.logits(features)).sum(axis=1), 1)


def test_no_time_leaves_the_first_candidate() -> None:
    features, labels = _ring()
    chosen = _rows(features, _LINEAR, _RADIAL).learn(labels, 2, 0).best
    assert chosen.learner == _LINEAR
    assert list(chosen.inner_auc) == [_LINEAR.name]


def test_choice_looks_at_a_bounded_number_of_whole_patients() -> None:
    groups = np.repeat(np.arange(2000), 3)
    part = TrainingRows(np.zeros((6000, 1)), groups, seed=0, threads=1, candidates=(_LINEAR,))
    rows = part._rows_for_choice()
    assert 1500 <= len(rows) <= 1502
    assert set(np.bincount(groups[rows])) == {0, 3}


def test_inner_splits_keep_patients_together() -> None:
    groups = np.repeat(np.arange(30), 4)
    labels = (groups % 3 == 0).astype(int)
    splits = inner_splits(labels, groups, seed=0)
    assert len(splits) == 3
    for train, holdout in splits:
        assert not set(groups[train]) & set(groups[holdout])
        assert set(labels[holdout]) == {0, 1}


def test_too_few_patients_in_a_class() -> None:
    groups = np.arange(20)
    assert inner_splits((groups < 2).astype(int), groups, seed=0) == []
    with_a_rare_third = np.where(groups < 2, 2, groups % 2)
    assert len(inner_splits(with_a_rare_third, groups, seed=0)) == 3


def test_macro_auc_agrees_with_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 200)
    logs = log_softmax(random.normal(size=(200, 3)) + np.eye(3)[labels], axis=1)
    expected = roc_auc_score(labels, np.exp(logs), multi_class="ovr")
    assert macro_auc(labels, logs) == pytest.approx(expected)
    assert macro_auc(np.zeros(5, int), np.zeros((5, 2))) == 0.5


def test_the_scale_is_where_an_optimiser_finds_it() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(600) % 2
    scores = 3 * (random.normal(size=(600, 2)) + np.eye(2)[labels])

    def loss(log_scale: float) -> float:
        return -log_softmax(np.exp(log_scale) * scores, axis=1)[np.arange(600), labels].mean()

    assert fitting_scale(labels, scores) == pytest.approx(np.exp(minimize_scalar(loss).x), rel=0.08)


def test_the_same_seed_gives_the_same_model() -> None:
    features, labels = _ring(90)
    trees = Learner("trees", 3)
    began = time.monotonic()
    first, second = (_rows(features, trees).learn(labels, 2, 60).best.logits(features) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert time.monotonic() - began < 30


def test_each_kind_is_fitted_with_its_own_best_setting() -> None:
    features, labels = _ring()
    wide = Learner("svm", 10.0, width=0.001)
    choice = _rows(features, _LINEAR, wide, _RADIAL).learn(labels, 2, 60)
    assert set(choice.by_kind) == {"logistic", "svm"}
    assert choice.by_kind["svm"] is choice.best
    assert choice.by_kind["svm"].learner == _RADIAL
    assert choice.by_kind["logistic"].learner == _LINEAR
    assert macro_auc(labels, choice.by_kind["logistic"].logits(features)) < 0.7


def test_the_committee_is_the_mean_of_the_three_best_kinds() -> None:
    features, labels = _ring(120)
    four = [_LINEAR, _RADIAL, Learner("neighbours", 15), Learner("trees", 3)]
    choice = _rows(features, *four).learn(labels, 2, 60)
    ranked = sorted(choice.by_kind.values(), key=lambda one: -one.inner_auc[one.learner.name])
    assert list(choice.committee) == ranked[:3]
    assert choice.best is ranked[0]
    mean = np.mean([one.logits(features) for one in choice.committee], axis=0)
    np.testing.assert_allclose(choice.logits(features), log_softmax(mean, axis=1))
    assert len(choice.by_kind) == 4
