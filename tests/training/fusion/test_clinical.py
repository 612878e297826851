"""The logistic regression over columns, against scikit-learn, and its folds."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from thirdeye.training.fusion.clinical import fit_linear
from thirdeye.training.fusion.folds import case_folds, cross_fitted
from thirdeye.training.selection import Truth, log_loss


def truth_of(labels: np.ndarray, k: int = 2) -> Truth:
    classes = tuple("abc"[:k])
    return Truth(
        labels, classes, 1 if k == 2 else None, np.array([f"p{i // 2}" for i in range(len(labels))]), "binary"
    )


def test_folds_keep_patients_together_and_hold_out_each_case_once() -> None:
    labels, patients = np.arange(60) % 3, np.array([f"p{i // 2}" for i in range(60)])
    folds = case_folds(labels, patients, seed=0)
    assert sorted(np.concatenate([held for _, held in folds])) == list(range(60))
    for train, held in folds:
        assert not set(patients[train]) & set(patients[held])
        assert set(labels[train]) == {0, 1, 2}
    found = cross_fitted(lambda rows: lambda asked: np.full((len(asked), 1), len(rows)), folds, (60, 1))
    assert (found == [[60 - len(folds[0][1])]]).mean() > 0.1
    assert np.isfinite(found).all()


def test_it_is_the_penalised_regression() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.integers(0, 2, 150), 2)
    design = rng.normal(size=(300, 4)) * [1, 5, 1, 1] + np.outer(labels, [1.0, 0, 0, 0])
    fitted = fit_linear(np.zeros((300, 2)), design, truth_of(labels), seed=0)
    scaled = (design - design.mean(0)) / design.std(0)
    # two symmetrical rows of weights w and -w, penalised alike, are one row 2w with half the penalty
    model = LogisticRegression(C=2 / fitted.penalty, max_iter=2000, tol=1e-8).fit(scaled, labels)
    wanted = scaled @ model.coef_[0]
    logits = design @ fitted.weight.T + fitted.bias
    found = logits[:, 1] - logits[:, 0]
    np.testing.assert_allclose(found - found.mean(), wanted - wanted.mean(), atol=0.05)


def test_evidence_that_says_all_is_kept_and_columns_that_say_nothing_do_no_harm() -> None:
    rng = np.random.default_rng(1)
    odds = rng.normal(size=400) * 2
    labels = (rng.random(400) < 1 / (1 + np.exp(-odds))).astype(int)
    evidence = np.column_stack([-odds / 2, odds / 2])
    fitted = fit_linear(evidence, rng.normal(size=(400, 12)), truth_of(labels), seed=0)
    assert fitted.penalty == 100.0
    assert 0.7 < fitted.share < 1.3
    truth = truth_of(labels)
    assert log_loss(fitted.logits, truth) < log_loss(evidence, truth) + 0.02


def test_a_column_that_adds_is_used_and_one_that_never_varied_is_not() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=400) * 1.5, rng.normal(size=400) * 1.5
    labels = (rng.random(400) < 1 / (1 + np.exp(-one - other))).astype(int)
    columns = np.column_stack([other, np.zeros(400)])
    fitted = fit_linear(np.column_stack([-one / 2, one / 2]), columns, truth_of(labels), seed=0)
    slope = fitted.weight[1] - fitted.weight[0]
    assert 0.6 < slope[0] < 1.4
    assert slope[1] == 0
    assert log_loss(fitted.logits, truth_of(labels)) < log_loss(
        np.column_stack([-one / 2, one / 2]), truth_of(labels)
    )
