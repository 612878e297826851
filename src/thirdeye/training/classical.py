"""Classical learners on a feature table: three kinds, few settings, one form of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

_FLOOR = 1e-6


@dataclass(frozen=True)
class Learner:
    """One candidate.

    Args:
        kind: "logistic" (L2), "svm" (radial basis functions) or "trees" (extremely randomised).
        strength: inverse regularisation C; for trees the smallest leaf, as a count of cases.
        width: gamma of the radial basis functions times the number of features; not used by the others.
    """

    kind: Literal["logistic", "svm", "trees"]
    strength: float
    width: float = 1.0

    @property
    def name(self) -> str:
        """As a person would say it, with the setting."""
        return {
            "logistic": f"logistic regression, C = {self.strength:g}",
            "svm": f"support vector machine (RBF), C = {self.strength:g}, gamma = {self.width:g}/D",
            "trees": f"extremely randomised trees, leaf >= {self.strength:g}",
        }[self.kind]


# The first is the one to fall back on; then in the order of their cost, as a short time limit cuts the end.
CANDIDATES = (
    Learner("logistic", 0.01),
    Learner("logistic", 0.001),
    Learner("logistic", 0.1),
    Learner("svm", 1.0),
    Learner("svm", 10.0),
    Learner("svm", 10.0, width=0.3),
    Learner("trees", 3),
)


class FittedLearner(Protocol):
    """What `fit` returns."""

    def scores(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """(m, K) scores, larger for likelier classes; log-probabilities or margins, by kind."""
        ...


@dataclass(frozen=True)
class _Fitted:
    estimator: Any  # a scikit-learn pipeline
    columns: NDArray[np.intp]  # classes that the training rows held
    n_classes: int

    def scores(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        raw = self._raw(np.asarray(features, dtype=np.float64))
        scores = np.full((len(raw), self.n_classes), np.log(_FLOOR))
        scores[:, self.columns] = raw
        return scores

    def _raw(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        if hasattr(self.estimator, "predict_proba"):
            return np.log(np.clip(self.estimator.predict_proba(features), _FLOOR, 1))
        margin = self.estimator.decision_function(features)
        return np.column_stack([-margin, margin]) if margin.ndim == 1 else margin


@dataclass(frozen=True)
class _Constant:
    """Stands in where the training rows hold one class only."""

    column: int
    n_classes: int

    def scores(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        scores = np.full((len(features), self.n_classes), np.log(_FLOOR))
        scores[:, self.column] = 0
        return scores


def fit(
    learner: Learner,
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    *,
    n_classes: int,
    seed: int,
    threads: int = 1,
) -> FittedLearner:
    """One learner on standardised features, classes weighted to balance.

    Args:
        features: (n, D), finite.
        labels: (n,) class index in 0..n_classes-1; a class may be absent, its score is then the floor.
        n_classes: number of columns of the scores.
        seed: of the trees.
        threads: for the trees; the others use one.
    """
    present = np.unique(labels)
    if len(present) == 1:
        return _Constant(int(present[0]), n_classes)
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    estimator = make_pipeline(StandardScaler(), _estimator(learner, features.shape[1], seed, threads))
    estimator.fit(np.asarray(features, dtype=np.float64), labels)
    return _Fitted(estimator, present.astype(np.intp), n_classes)


def _estimator(learner: Learner, n_features: int, seed: int, threads: int) -> Any:
    if learner.kind == "logistic":
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=learner.strength, class_weight="balanced", max_iter=1000, tol=1e-3)
    if learner.kind == "svm":
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.svm import SVC

        machine = SVC(
            C=learner.strength, gamma=learner.width / n_features, class_weight="balanced", cache_size=500
        )
        return OneVsRestClassifier(machine)  # ranks better than SVC's own one-versus-one votes
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(
        n_estimators=100,
        min_samples_leaf=int(learner.strength),
        class_weight="balanced_subsample",
        random_state=seed,
        n_jobs=threads,
    )
