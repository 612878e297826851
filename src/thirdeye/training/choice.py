"""Choosing among classical learners by inner cross-validation on training rows only."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.classical import FittedLearner, Learner, fit

INNER_FOLDS = 3
_ROWS_FOR_CHOICE = 1500
_SHARE_FOR_CHOICE = 0.6  # of a fold's time
Split = tuple[NDArray[np.integer], NDArray[np.integer]]


@dataclass(frozen=True)
class ChosenModel:
    """One fitted learner and how it was chosen.

    Args:
        learner: the chosen one.
        fitted: the same, fitted on the fold's training rows.
        scale: what its scores are multiplied by, so that their softmax fits the inner held-out rows; it makes
            the scores of different learners comparable.
        inner_auc: name of each candidate tried to its inner cross-validated (macro) AUC.
    """

    learner: Learner
    fitted: FittedLearner
    scale: float
    inner_auc: Mapping[str, float]

    def logits(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """(m, K) log-probabilities over the classes."""
        from scipy.special import log_softmax

        return log_softmax(self.scale * self.fitted.scores(features), axis=1)


@dataclass(frozen=True)
class TrainingRows:
    """The training rows of one fold, among which a learner is chosen.

    Args:
        features: (n, D), finite.
        groups: (n,) patient of each row; a patient never has rows on both sides of the inner splits.
        seed: of the inner splits and of the trees.
        threads: for the trees.
        candidates: cheapest first.
    """

    features: NDArray[np.floating]
    groups: NDArray[np.generic]
    seed: int
    threads: int
    candidates: tuple[Learner, ...]

    def learn(self, labels: NDArray[np.integer], n_classes: int, seconds: float) -> ChosenModel:
        """Choose a learner by inner grouped cross-validation and fit it on all rows.

        Args:
            labels: (n,) class index.
            n_classes: K.
            seconds: for the choice and the last fit together; the cheapest candidate is always tried.
        """
        held_out = self._inner_scores(labels, n_classes, seconds * _SHARE_FOR_CHOICE)
        auc = {learner.name: macro_auc(*one) for learner, one in held_out.items()}
        best = max(held_out, key=lambda learner: auc[learner.name]) if held_out else self.candidates[0]
        scale = fitting_scale(*held_out[best]) if held_out else 1.0
        return ChosenModel(best, self._fit(best, np.arange(len(labels)), labels, n_classes), scale, auc)

    def _inner_scores(
        self, labels: NDArray[np.integer], n_classes: int, seconds: float
    ) -> dict[Learner, tuple[NDArray[np.integer], NDArray[np.float64]]]:
        """Labels and held-out scores of each candidate for which there was time."""
        rows = self._rows_for_choice()
        inner = inner_splits(labels[rows], self.groups[rows], seed=self.seed)
        results: dict[Learner, tuple[NDArray[np.integer], NDArray[np.float64]]] = {}
        deadline, slowest = time.monotonic() + seconds, 0.0
        for learner in self.candidates if inner else ():
            began = time.monotonic()
            if results and began + slowest > deadline:
                break
            scores = np.empty((len(rows), n_classes))
            for train, holdout in inner:
                fitted = self._fit(learner, rows[train], labels, n_classes)
                scores[holdout] = fitted.scores(self.features[rows[holdout]])
            results[learner] = labels[rows], scores
            slowest = max(slowest, time.monotonic() - began)
        return results

    def _fit(
        self, learner: Learner, rows: NDArray[np.intp], labels: NDArray[np.integer], n_classes: int
    ) -> FittedLearner:
        return fit(
            learner,
            self.features[rows],
            labels[rows],
            n_classes=n_classes,
            seed=self.seed,
            threads=self.threads,
        )

    def _rows_for_choice(self) -> NDArray[np.intp]:
        """All rows, or whole patients drawn until there are enough to tell learners apart."""
        if len(self.groups) <= _ROWS_FOR_CHOICE:
            return np.arange(len(self.groups))
        _, group = np.unique(self.groups, return_inverse=True)
        rank = np.random.default_rng(self.seed).permutation(group.max() + 1)[group]
        limit = np.sort(rank)[_ROWS_FOR_CHOICE - 1]
        return np.flatnonzero(rank <= limit)


def inner_splits(labels: NDArray[np.integer], groups: NDArray[np.generic], *, seed: int) -> list[Split]:
    """Three stratified splits that keep patients together; none when only one class has enough patients.

    A class of fewer than three patients is spread as if it belonged to the commonest one.
    """
    classes, counts = np.unique(labels, return_counts=True)
    rare = [one for one in classes if len(np.unique(groups[labels == one])) < INNER_FOLDS]
    if len(classes) - len(rare) < 2:
        return []
    from sklearn.model_selection import StratifiedGroupKFold

    strata = np.where(np.isin(labels, rare), classes[np.argmax(counts)], labels)
    folds = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=seed)
    return [(train, test) for train, test in folds.split(np.zeros((len(labels), 1)), strata, groups)]


def macro_auc(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> float:
    """Mean one-versus-rest AUC (Mann-Whitney) over the classes that occur; 0.5 where none can be computed.

    Args:
        labels: (n,) class index.
        scores: (n, K), made a distribution by softmax first, so that rows are comparable.
    """
    from scipy.special import softmax
    from scipy.stats import rankdata

    probabilities = softmax(scores, axis=1)
    values = []
    for k in range(scores.shape[1]):
        positive = labels == k
        n_positive = int(positive.sum())
        if 0 < n_positive < len(labels):
            ranks = rankdata(probabilities[:, k])[positive].sum()
            values.append(
                (ranks - n_positive * (n_positive + 1) / 2) / (n_positive * (len(labels) - n_positive))
            )
    return float(np.mean(values)) if values else 0.5


def fitting_scale(labels: NDArray[np.integer], scores: NDArray[np.floating]) -> float:
    """The factor, 0.01 to 10, with which the softmax of the scores fits the labels best.

    Least cross-entropy on a grid, every class with equal weight.
    """
    from scipy.special import log_softmax

    counts = np.bincount(labels, minlength=scores.shape[1])
    weights = 1 / counts[labels]
    rows = np.arange(len(labels))
    grid = np.geomspace(0.01, 10, 61)
    losses = [-(weights * log_softmax(scale * scores, axis=1)[rows, labels]).sum() for scale in grid]
    return float(grid[int(np.argmin(losses))])
