import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.training.choice import macro_auc
from thirdeye.training.classical import CANDIDATES, Learner, fit
from thirdeye.training.learners import KINDS

EACH = tuple({one.kind: one for one in CANDIDATES}.values())


def test_every_kind_is_a_candidate_and_says_what_it_does() -> None:
    assert {one.kind for one in CANDIDATES} == set(KINDS.names())
    for name in KINDS.names():
        kind = KINDS.get(name)
        assert kind.title
        assert kind.description.endswith(".")
    assert len({one.name for one in CANDIDATES}) == len(CANDIDATES)


def test_an_unknown_kind_lists_the_near_ones() -> None:
    with pytest.raises(UsageError, match="logistic"):
        fit(Learner("logistik", 1.0), np.eye(4), np.array([0, 1, 0, 1]), n_classes=2, seed=0)


@pytest.mark.parametrize("learner", EACH, ids=lambda one: one.kind)
def test_more_features_than_cases_a_case_alone_in_its_class_and_constant_columns(learner: Learner) -> None:
    random = np.random.default_rng(0)
    labels = np.array([0] * 10 + [1] * 9 + [2])
    features = random.normal(size=(20, 300)) + labels[:, None]
    features[:, 250:] = 7
    scores = fit(learner, features, labels, n_classes=3, seed=0).scores(features)
    assert scores.shape == (20, 3)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("learner", EACH, ids=lambda one: one.kind)
def test_nothing_is_learned_from_chance(learner: Learner) -> None:
    """Features and components are chosen inside the fit: held-out cases of pure noise stay unpredictable."""
    random = np.random.default_rng(1)
    features, labels = random.normal(size=(600, 200)), np.arange(600) % 2
    fitted = fit(learner, features[:120], labels[:120], n_classes=2, seed=0)
    assert 0.4 < macro_auc(labels[120:], fitted.scores(features[120:])) < 0.6


@pytest.mark.parametrize("learner", EACH, ids=lambda one: one.kind)
def test_the_same_seed_gives_the_same_scores(learner: Learner) -> None:
    random = np.random.default_rng(2)
    features, labels = random.normal(size=(60, 12)), np.arange(60) % 3
    first, second = (fit(learner, features, labels, n_classes=3, seed=5).scores(features) for _ in range(2))
    np.testing.assert_array_equal(first, second)
