"""Classical learners on a feature table: many kinds, few settings, one form of scores."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.learners import KINDS, Setting

_FLOOR = 1e-6


@dataclass(frozen=True)
class Learner:
    """One candidate: a kind with its setting.

    Args:
        kind: a name of `learners.KINDS`.
        strength: the number that is tuned: inverse regularisation C, the smallest leaf, neighbours ...
        width: gamma of the radial basis functions times the number of features; not used by the others.
    """

    kind: str
    strength: float
    width: float = 1.0

    @property
    def name(self) -> str:
        """As a person would say it, with the setting."""
        kind = KINDS.get(self.kind)
        width = f", gamma = {self.width:g}/D" if self.kind == "svm" else ""
        return f"{kind.title}, {kind.setting.format(self.strength)}{width}"


# The first is the one to fall back on; then in the order of their cost, as a short time limit cuts the end.
CANDIDATES = (
    Learner("logistic", 0.01),
    Learner("logistic", 0.001),
    Learner("logistic", 0.1),
    Learner("svm", 1.0),
    Learner("svm", 10.0),
    Learner("svm", 10.0, width=0.3),
    Learner("discriminant", 0),
    Learner("bayes", 30),
    Learner("neighbours", 15),
    Learner("linear_svm", 0.001),
    Learner("trees", 3),
    Learner("elastic_net", 0.1),
    Learner("perceptron", 1.0),
    Learner("boosting", 0.1),
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
    """One learner on standardised features, classes weighted to balance where the kind can.

    Args:
        features: (n, D), finite.
        labels: (n,) class index in 0..n_classes-1; a class may be absent, its score is then the floor.
        n_classes: number of columns of the scores.
        seed: of everything random.
        threads: where the learner can use several.
    """
    present = np.unique(labels)
    if len(present) == 1:
        return _Constant(int(present[0]), n_classes)
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    table = np.asarray(features, dtype=np.float64)
    setting = Setting(learner.strength, learner.width, table.shape[0], table.shape[1], seed, threads)
    estimator = make_pipeline(StandardScaler(), KINDS.get(learner.kind).build(setting))
    with warnings.catch_warnings():
        # A learner that stops early, or has a class of one case, is judged by its held-out scores like all.
        warnings.simplefilter("ignore")
        estimator.fit(table, labels)
    return _Fitted(estimator, present.astype(np.intp), n_classes)
