"""Sets against those of MAPIE, an implementation by others."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from thirdeye.evaluation.conformal import fit_sets

mapie = pytest.importorskip("mapie.classification")


class Given(ClassifierMixin, BaseEstimator):
    """A classifier whose features are its probabilities."""

    def __init__(self, k: int = 4) -> None:
        self.k = k
        self.classes_ = np.arange(k)

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        return np.asarray(x)

    def predict(self, x):
        return np.asarray(x).argmax(axis=1)

    def __sklearn_is_fitted__(self) -> bool:
        return True


def _theirs(score: str, table, labels, new, coverage: float, **options) -> np.ndarray:
    found = mapie.SplitConformalClassifier(
        Given(table.shape[1]), confidence_level=coverage, conformity_score=score, prefit=True
    ).conformalize(table, labels)
    return found.predict_set(new, **options)[1][:, :, 0]


@pytest.fixture
def cases(rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = rng.dirichlet(np.full(4, 0.8), 250)
    return table, np.array([rng.choice(4, p=row) for row in table]), rng.dirichlet(np.full(4, 0.8), 150)


@pytest.mark.parametrize("coverage", [0.7, 0.9, 0.95])
def test_least_ambiguous_sets(cases, coverage: float) -> None:
    table, labels, new = cases
    expected = _theirs("lac", table, labels, new, coverage)
    assert np.array_equal(fit_sets(labels, table, coverage=coverage).sets(new), expected)
