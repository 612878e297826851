import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from thirdeye.training.classical import CANDIDATES, Learner, fit


def _blobs(n_classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    labels = np.arange(90) % n_classes
    features = random.normal(size=(90, 6)) * 3 + 5
    features[:, 0] += 12 * labels
    features[:, 5] = 4  # a constant feature must not harm
    return features, labels


@pytest.mark.parametrize("learner", CANDIDATES, ids=lambda one: one.name)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_candidate_learns_and_keeps_the_columns(learner: Learner, n_classes: int) -> None:
    features, labels = _blobs(n_classes)
    scores = fit(learner, features, labels, n_classes=n_classes, seed=0).scores(features)
    assert scores.shape == (90, n_classes)
    assert (scores.argmax(axis=1) == labels).mean() > 0.7


@pytest.mark.parametrize("learner", CANDIDATES, ids=lambda one: one.name)
def test_a_class_that_training_lacks_gets_the_floor(learner: Learner) -> None:
    features, labels = _blobs(2)
    scores = fit(learner, features, labels * 2, n_classes=3, seed=0).scores(features)
    assert (scores[:, 1] < scores[:, [0, 2]].max(axis=1)).all()
    assert np.isfinite(scores).all()


def test_one_class_only_is_a_constant() -> None:
    features, _ = _blobs(2)
    scores = fit(CANDIDATES[0], features, np.ones(90, int), n_classes=2, seed=0).scores(features)
    assert (scores.argmax(axis=1) == 1).all()


def test_logistic_scores_are_scikit_learns_probabilities() -> None:
    features, labels = _blobs(3)
    ours = fit(Learner("logistic", 0.1), features, labels, n_classes=3, seed=0).scores(features)
    scaled = StandardScaler().fit_transform(features)
    theirs = LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000).fit(scaled, labels)
    np.testing.assert_allclose(softmax(ours, axis=1), theirs.predict_proba(scaled), atol=5e-3)


def test_rare_classes_weigh_as_much_as_common_ones() -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(400) < 20).astype(int)
    features = random.normal(size=(400, 2)) + 1.5 * labels[:, None]
    scores = fit(Learner("logistic", 0.1), features, labels, n_classes=2, seed=0).scores(features)
    assert (scores.argmax(axis=1)[labels == 1] == 1).mean() > 0.7
