"""The traditional technique: hand-crafted features and a classical learner, on the network's own folds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.training.choice import COMMITTEE, INNER_FOLDS, Choice, ChosenModel, Split, TrainingRows
from thirdeye.training.classical import CANDIDATES, Learner


@dataclass(frozen=True)
class FoldModel:
    """What one fold learned: one choice of learners, or in multi-label work one for each label."""

    choices: tuple[Choice, ...]
    multilabel: bool

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of learners that every label has."""
        return frozenset.intersection(*(frozenset(choice.by_kind) for choice in self.choices))

    @property
    def models(self) -> tuple[ChosenModel, ...]:
        """The chosen ones, of all labels."""
        return tuple(model for choice in self.choices for model in choice.committee)

    def logits(self, features: NDArray[np.floating], kind: str | None = None) -> NDArray[np.float64]:
        """(m, K): log-probabilities over the classes, or one log-odds for each label.

        Args:
            features: (m, D).
            kind: of learner, among `kinds`; None is the committee of the chosen ones.
        """
        askable: Sequence[Choice | ChosenModel] = self.choices
        if kind is not None:
            askable = [choice.by_kind[kind] for choice in self.choices]
        if not self.multilabel:
            return askable[0].logits(features)
        pairs = [one.logits(features) for one in askable]
        return np.column_stack([pair[:, 1] - pair[:, 0] for pair in pairs])


@dataclass(frozen=True)
class TraditionalResult:
    """The traditional technique's scores and models.

    Args:
        logits: (n, K) out-of-fold logits of the chosen learners: softmax (multi-label: sigmoid) gives
            probabilities, not yet calibrated and as if all classes were equally common (classes were
            weighted to balance). NaN in rows that no fold held out.
        by_kind: kind of learner to the same of its best setting, for kinds that every fold had time for.
        left_out: kinds for which there was no time.
        folds: one model for each split.
        description: one paragraph for the report.
        duration_s: seconds it took.
    """

    logits: NDArray[np.float64]
    by_kind: Mapping[str, NDArray[np.float64]]
    left_out: tuple[str, ...]
    folds: tuple[FoldModel, ...]
    description: str
    duration_s: float

    def predict(self, features: NDArray[np.floating], kind: str | None = None) -> NDArray[np.float64]:
        """(m, K) logits of new rows: the mean over the fold models.

        Args:
            features: (m, D).
            kind: of learner, among `by_kind`; None is the chosen one.
        """
        return np.mean([one.logits(features, kind) for one in self.folds], axis=0)

    @property
    def chosen(self) -> Counter[str]:
        """Name of each chosen learner with its setting to the number of folds (and labels) that chose it."""
        return Counter(model.learner.name for fold in self.folds for model in fold.models)

    def inner_auc(self, kind: str) -> float:
        """Mean over the folds of the best inner cross-validated AUC of a kind."""
        found = [choice.by_kind[kind] for fold in self.folds for choice in fold.choices]
        return float(np.mean([one.inner_auc.get(one.learner.name, np.nan) for one in found]))


def cross_fit_traditional(
    features: NDArray[np.floating],
    labels: NDArray[np.integer],
    splits: Sequence[Split],
    *,
    task: str,
    groups: NDArray[np.generic],
    seed: int,
    n_classes: int | None = None,
    time_limit_s: float = 120.0,
    threads: int = 1,
    candidates: Sequence[Learner] = CANDIDATES,
) -> TraditionalResult:
    """Fit and choose within each split's training rows; score the rows that it held out.

    Args:
        features: (n, D), finite.
        labels: (n,) class index; multi-label: (n, K) of 0 and 1. Ordinal classes are learned as classes.
        splits: (training rows, held-out rows) index arrays, one pair a fold.
        task: "binary", "multiclass", "multilabel" or "ordinal".
        groups: (n,) patient of each row; a patient never has rows on both sides of the inner splits.
        seed: of everything random.
        n_classes: K; by default the largest label + 1 (not used in multi-label work).
        time_limit_s: aim, not a guarantee: a fit that has begun ends. What remains is shared among the folds;
            candidates that no longer fit in are left out (the last first), the cheapest is always fitted. The
            same inputs give the same result as long as the limit does not bite.
        threads: where a learner can use several.
        candidates: cheapest first.

    Raises:
        UsageError: no split, or features that are not finite or do not match the labels.
    """
    started = time.monotonic()
    _check(features, labels, splits)
    multilabel = task == "multilabel"
    columns = labels.T if multilabel else labels[None, :]
    k = len(columns) if multilabel else n_classes or int(labels.max()) + 1
    folds: list[FoldModel] = []
    for i, (train, _) in enumerate(splits):
        share = (started + time_limit_s - time.monotonic()) / (len(splits) - i)
        part = TrainingRows(
            features[train], groups[train], seed=seed + i, threads=threads, candidates=tuple(candidates)
        )
        choices = [part.learn(one[train], 2 if multilabel else k, share / len(columns)) for one in columns]
        folds.append(FoldModel(tuple(choices), multilabel))
    kinds = [kind for kind in _kinds(candidates) if all(kind in fold.kinds for fold in folds)]
    return TraditionalResult(
        logits=_held_out(folds, features, splits, None, k),
        by_kind={kind: _held_out(folds, features, splits, kind, k) for kind in kinds},
        left_out=tuple(kind for kind in _kinds(candidates) if kind not in kinds),
        folds=tuple(folds),
        description=_described(folds, features.shape[1], candidates),
        duration_s=time.monotonic() - started,
    )


def _kinds(candidates: Sequence[Learner]) -> list[str]:
    return list(dict.fromkeys(learner.kind for learner in candidates))


def _held_out(
    folds: list[FoldModel],
    features: NDArray[np.floating],
    splits: Sequence[Split],
    kind: str | None,
    k: int,
) -> NDArray[np.float64]:
    logits = np.full((len(features), k), np.nan)
    for fold, (_, holdout) in zip(folds, splits, strict=True):
        logits[holdout] = fold.logits(features[holdout], kind)
    return logits


def _described(folds: list[FoldModel], n_features: int, candidates: Sequence[Learner]) -> str:
    chosen = Counter(model.learner.name for fold in folds for model in fold.models)
    tally = "; ".join(f"{name} ({count}x)" for name, count in chosen.most_common())
    return (
        f"{n_features} hand-crafted features (brightness, colour, texture matrices, local binary patterns, "
        f"gradients, Gabor and wavelet energies, spots by size, shape), standardised; classes weighted to "
        f"balance where the learner can; learners chosen among {len(candidates)} candidates of "
        f"{len(_kinds(candidates))} kinds by {INNER_FOLDS}-fold cross-validation inside each fold's training "
        f"cases; the {COMMITTEE} best kinds give their mean. Chosen: {tally}."
    )


def _check(features: NDArray[np.floating], labels: NDArray[np.integer], splits: Sequence[Split]) -> None:
    if not splits:
        raise UsageError("the traditional technique needs at least one (training, held-out) split; got none")
    if len(features) != len(labels):
        raise UsageError(f"features have {len(features)} rows and labels {len(labels)}: they must match")
    if not np.isfinite(features).all():
        bad = int((~np.isfinite(features)).any(axis=1).sum())
        raise UsageError(
            f"{bad} rows of features hold NaN or infinity: describe() never gives such; check the input"
        )
