from __future__ import annotations

import numpy as np
import pytest

from thirdeye.intake.probe.ridge import PENALTIES, out_of_fold, reduced, standardise


def test_scores_equal_a_plain_ridge_on_the_other_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against the normal equations, solved fold by fold with centred columns."""
    rng = np.random.default_rng(0)
    features = standardise(rng.normal(size=(120, 6)))
    membership = (features[:, :1] + rng.normal(size=(120, 1)) > 0) ^ np.array([[False, True]])
    folds = np.arange(120) % 4
    monkeypatch.setattr("thirdeye.intake.probe.ridge.PENALTIES", np.array([0.1]))
    scores = out_of_fold(features, membership, folds)
    for fold in range(4):
        train = folds != fold
        x, y = features[train].astype(float), membership[train].astype(float)
        centred = x - x.mean(axis=0)
        weights = np.linalg.solve(
            centred.T @ centred + 0.1 * train.sum() * np.eye(6), centred.T @ (y - y.mean(axis=0))
        )
        expected = y.mean(axis=0) + (features[~train] - x.mean(axis=0)) @ weights
        np.testing.assert_allclose(scores[~train], expected, atol=1e-4)


def test_the_penalty_grows_where_nothing_can_be_learnt() -> None:
    rng = np.random.default_rng(0)
    features = standardise(rng.normal(size=(100, 60)))
    membership = rng.random((100, 1)) < 0.5
    scores = out_of_fold(features, membership, np.arange(100) % 5)
    assert scores.std() < 0.15
    assert len(PENALTIES) == 8


def test_constant_columns_are_dropped_and_none_is_left_is_the_mean() -> None:
    columns = np.ones((20, 3))
    assert standardise(columns).shape == (20, 0)
    scores = out_of_fold(standardise(columns), np.arange(20)[:, None] < 5, np.arange(20) % 5)
    np.testing.assert_allclose(scores, 0.25)


def test_principal_components_keep_the_distances() -> None:
    rng = np.random.default_rng(0)
    flat = standardise(rng.normal(size=(50, 3)) @ rng.normal(size=(3, 40)))
    few = reduced(flat, 3)
    assert few.shape == (50, 3)
    ratio = np.linalg.norm(few[0] - few[1:], axis=1) / np.linalg.norm(flat[0] - flat[1:], axis=1)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-3)
