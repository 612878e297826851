"""Choosing among classical learners by inner cross-validation on training rows only."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.classical import FittedLearner, Learner, fit

INNER_FOLDS = 3
COMMITTEE = 3  # the best of few cases is partly luck: three kinds together are steadier than one
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
class Choice:
    """What was learned from the training rows of one fold.

    Args:
        committee: the kinds that ranked best in the inner cross-validation, best first, `COMMITTEE` at most;
            each with its best setting.
        by_kind: kind of learner to its best setting, for each kind for which there was time.
    """

    committee: tuple[ChosenModel, ...]
    by_kind: Mapping[str, ChosenModel]

    @property
    def best(self) -> ChosenModel:
        """The one that ranked best."""
        return self.committee[0]

    def logits(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """(m, K) log-probabilities: the mean over the committee, made a distribution again."""
        from scipy.special import log_softmax

        return log_softmax(np.mean([one.logits(features) for one in self.committee], axis=0), axis=1)


@dataclass(frozen=True)
class _Tried:
    labels: NDArray[np.integer]
    scores: NDArray[np.float64]
    auc: float
    seconds: float


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

    def learn(self, labels: NDArray[np.integer], n_classes: int, seconds: float) -> Choice:
        """Choose a learner by inner grouped cross-validation and fit it on all rows; then the other kinds.

        Args:
            labels: (n,) class index.
            n_classes: K.
            seconds: for all of it together; the cheapest candidate is always tried.
        """
        deadline = time.monotonic() + seconds
        tried = self._inner_scores(labels, n_classes, seconds * _SHARE_FOR_CHOICE)
        auc = {learner.name: one.auc for learner, one in tried.items()}
        ranked = sorted(tried, key=lambda learner: -tried[learner].auc) or [self.candidates[0]]
        firsts = list({one.kind: one for one in reversed(ranked)}.values())[::-1]  # best setting of each kind
        leading = sorted(firsts, key=ranked.index)
        others = sorted(leading[COMMITTEE:], key=lambda learner: tried[learner].seconds)
        by_kind: dict[str, ChosenModel] = {}
        for learner in (*leading[:COMMITTEE], *others):
            if not by_kind or time.monotonic() + self._expected_s(tried[learner]) <= deadline:
                by_kind[learner.kind] = self._chosen(learner, tried, auc, labels, n_classes)
        members = [by_kind[learner.kind] for learner in leading[:COMMITTEE] if learner.kind in by_kind]
        return Choice(tuple(members), by_kind)

    def _chosen(
        self,
        learner: Learner,
        tried: Mapping[Learner, _Tried],
        auc: Mapping[str, float],
        labels: NDArray[np.integer],
        n_classes: int,
    ) -> ChosenModel:
        scale = fitting_scale(tried[learner].labels, tried[learner].scores) if learner in tried else 1.0
        fitted = self._fit(learner, np.arange(len(labels)), labels, n_classes)
        return ChosenModel(learner, fitted, scale, auc)

    def _expected_s(self, tried: _Tried) -> float:
        """Seconds of the fit on all rows, if time grows with the square of the rows."""
        rows = len(tried.labels) * (1 - 1 / INNER_FOLDS)
        return tried.seconds / INNER_FOLDS * (len(self.groups) / rows) ** 2

    def _inner_scores(
        self, labels: NDArray[np.integer], n_classes: int, seconds: float
    ) -> dict[Learner, _Tried]:
        """Labels and held-out scores of each candidate for which there was time."""
        rows = self._rows_for_choice()
        inner = inner_splits(labels[rows], self.groups[rows], seed=self.seed)
        results: dict[Learner, _Tried] = {}
        deadline, slowest = time.monotonic() + seconds, 0.0
        for learner in self.candidates if inner else ():
            began = time.monotonic()
            if results and began + slowest > deadline:
                break
            scores = np.empty((len(rows), n_classes))
            for train, holdout in inner:
                fitted = self._fit(learner, rows[train], labels, n_classes)
                scores[holdout] = fitted.scores(self.features[rows[holdout]])
            took = time.monotonic() - began
            results[learner] = _Tried(labels[rows], scores, macro_auc(labels[rows], scores), took)
            slowest = max(slowest, took)
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
