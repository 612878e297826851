import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from thirdeye.errors import UsageError
from thirdeye.training.classical import Learner
from thirdeye.training.traditional import cross_fit_traditional

_QUICK = (Learner("logistic", 0.1), Learner("svm", 1.0))


def _problem(n_classes: int, n: int = 150) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels = np.arange(n) % n_classes
    features = np.random.default_rng(0).normal(size=(n, 5))
    features[:, 0] += 2.0 * labels
    return features, labels, np.arange(n)


def _folds(n: int, k: int = 3) -> list[tuple[np.ndarray, np.ndarray]]:
    fold = np.random.default_rng(1).integers(0, k, n)
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)]


@pytest.mark.parametrize(("task", "n_classes"), [("binary", 2), ("multiclass", 3), ("ordinal", 4)])
def test_out_of_fold_scores_rank_the_cases(task: str, n_classes: int) -> None:
    features, labels, groups = _problem(n_classes)
    result = cross_fit_traditional(
        features, labels, _folds(150), task=task, groups=groups, seed=0, candidates=_QUICK
    )
    assert result.logits.shape == (150, n_classes)
    assert roc_auc_score(labels == 0, result.logits[:, 0]) > 0.85
    assert len(result.folds) == 3
    assert "logistic" in result.description or "support vector" in result.description


def test_a_row_is_scored_by_the_fold_that_did_not_see_it() -> None:
    """Labels of pure chance must stay unpredictable out of fold."""
    random = np.random.default_rng(3)
    features, labels = random.normal(size=(200, 40)), random.integers(0, 2, 200)
    result = cross_fit_traditional(
        features, labels, _folds(200), task="binary", groups=np.arange(200), seed=0, candidates=_QUICK
    )
    assert 0.35 < roc_auc_score(labels, result.logits[:, 1]) < 0.65
    assert roc_auc_score(labels, result.predict(features)[:, 1]) > 0.8  # these models did see the rows


def test_official_split_leaves_the_rest_unscored() -> None:
    features, labels, groups = _problem(2)
    train, holdout = np.arange(100), np.arange(100, 130)
    result = cross_fit_traditional(
        features, labels, [(train, holdout)], task="binary", groups=groups, seed=0, candidates=_QUICK
    )
    assert np.isfinite(result.logits[holdout]).all()
    assert np.isnan(np.delete(result.logits, holdout, axis=0)).all()
    np.testing.assert_allclose(result.predict(features[holdout]), result.logits[holdout])


def test_multilabel_is_one_question_for_each_label() -> None:
    features, first, groups = _problem(2)
    second = (features[:, 1] > 0.5).astype(int)
    labels = np.column_stack([first, second, np.zeros(150, int)])  # the third never occurs
    result = cross_fit_traditional(
        features, labels, _folds(150), task="multilabel", groups=groups, seed=0, candidates=_QUICK
    )
    probabilities = expit(result.logits)
    assert roc_auc_score(first, probabilities[:, 0]) > 0.85
    assert roc_auc_score(second, probabilities[:, 1]) > 0.85
    assert (probabilities[:, 2] < 0.01).all()


def test_predict_averages_the_folds() -> None:
    features, labels, groups = _problem(3)
    result = cross_fit_traditional(
        features, labels, _folds(150), task="multiclass", groups=groups, seed=0, candidates=_QUICK
    )
    each = [fold.logits(features[:7]) for fold in result.folds]
    np.testing.assert_allclose(result.predict(features[:7]), np.mean(each, axis=0))


def test_a_missing_class_keeps_its_column() -> None:
    features, labels, groups = _problem(2)
    result = cross_fit_traditional(
        features,
        labels,
        _folds(150),
        task="multiclass",
        groups=groups,
        seed=0,
        n_classes=3,
        candidates=_QUICK,
    )
    assert result.logits.shape == (150, 3)
    assert (result.logits.argmax(axis=1) != 2).all()


def test_bad_input_is_refused() -> None:
    features, labels, groups = _problem(2)
    common = {"task": "binary", "groups": groups, "seed": 0}
    with pytest.raises(UsageError, match="at least one"):
        cross_fit_traditional(features, labels, [], **common)
    with pytest.raises(UsageError, match="must match"):
        cross_fit_traditional(features[:-1], labels, _folds(150), **common)
    features[3, 2] = np.nan
    with pytest.raises(UsageError, match="1 rows"):
        cross_fit_traditional(features, labels, _folds(150), **common)


def test_every_kind_is_scored_out_of_fold_beside_the_chosen_one() -> None:
    features, labels, groups = _problem(2)
    result = cross_fit_traditional(
        features, labels, _folds(150), task="binary", groups=groups, seed=0, candidates=_QUICK
    )
    assert set(result.by_kind) == {"logistic", "svm"}
    assert result.left_out == ()
    for kind, logits in result.by_kind.items():
        assert roc_auc_score(labels, logits[:, 1]) > 0.85
        assert result.predict(features[:5], kind).shape == (5, 2)
        assert 0.8 < result.inner_auc(kind) <= 1
    assert sum(result.chosen.values()) == 2 * 3  # both kinds sit on the committee of each fold


def test_no_time_leaves_kinds_out_and_says_which() -> None:
    features, labels, groups = _problem(2)
    result = cross_fit_traditional(
        features, labels, _folds(150), task="binary", groups=groups, seed=0, time_limit_s=0, candidates=_QUICK
    )
    assert list(result.by_kind) == ["logistic"]
    assert result.left_out == ("svm",)
    assert np.isfinite(result.logits).all()


def test_one_class_in_a_fold_is_a_constant_and_no_error() -> None:
    features, labels, groups = _problem(2, n=40)
    only = np.flatnonzero(labels == 0)
    splits = [(only, np.flatnonzero(labels == 1)), (np.arange(40), only)]
    result = cross_fit_traditional(
        features, labels, splits, task="binary", groups=groups, seed=0, candidates=_QUICK
    )
    assert np.isfinite(result.logits).all()
