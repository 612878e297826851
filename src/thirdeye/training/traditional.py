"""The traditional technique: hand-crafted features and a classical learner, on the network's own folds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.training.choice import INNER_FOLDS, ChosenModel, Split, TrainingRows
from thirdeye.training.classical import CANDIDATES, Learner


@dataclass(frozen=True)
class FoldModel:
    """What one fold learned: one model, or in multi-label work one for each label."""

    models: tuple[ChosenModel, ...]
    multilabel: bool

    def logits(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """(m, K): log-probabilities over the classes, or one log-odds for each label."""
        if not self.multilabel:
            return self.models[0].logits(features)
        pairs = [one.logits(features) for one in self.models]
        return np.column_stack([pair[:, 1] - pair[:, 0] for pair in pairs])


@dataclass(frozen=True)
class TraditionalResult:
    """The traditional technique's scores and models.

    Args:
        logits: (n, K) out-of-fold logits: softmax (multi-label: sigmoid) gives probabilities, not yet
            calibrated and as if all classes were equally common (classes were weighted to balance). NaN
            in rows that no fold held out.
        folds: one model for each split.
        description: one paragraph for the report.
        duration_s: seconds it took.
    """

    logits: NDArray[np.float64]
    folds: tuple[FoldModel, ...]
    description: str
    duration_s: float

    def predict(self, features: NDArray[np.floating]) -> NDArray[np.float64]:
        """(m, K) logits of new rows: the mean over the fold models."""
        return np.mean([one.logits(features) for one in self.folds], axis=0)


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
        threads: for the trees.
        candidates: cheapest first.

    Raises:
        UsageError: no split, or features that are not finite or do not match the labels.
    """
    started = time.monotonic()
    _check(features, labels, splits)
    multilabel = task == "multilabel"
    columns = labels.T if multilabel else labels[None, :]
    k = len(columns) if multilabel else n_classes or int(labels.max()) + 1
    logits = np.full((len(labels), k), np.nan)
    folds: list[FoldModel] = []
    for i, (train, holdout) in enumerate(splits):
        share = (started + time_limit_s - time.monotonic()) / (len(splits) - i)
        part = TrainingRows(
            features[train], groups[train], seed=seed + i, threads=threads, candidates=tuple(candidates)
        )
        models = [part.learn(one[train], 2 if multilabel else k, share / len(columns)) for one in columns]
        fold = FoldModel(tuple(models), multilabel)
        logits[holdout] = fold.logits(features[holdout])
        folds.append(fold)
    return TraditionalResult(
        logits=logits,
        folds=tuple(folds),
        description=_described(folds, features.shape[1], candidates),
        duration_s=time.monotonic() - started,
    )


def _described(folds: list[FoldModel], n_features: int, candidates: Sequence[Learner]) -> str:
    chosen = Counter(model.learner.name for fold in folds for model in fold.models)
    tally = "; ".join(f"{name} ({count}x)" for name, count in chosen.most_common())
    return (
        f"{n_features} hand-crafted features (brightness, colour, co-occurrence texture, local binary "
        f"patterns, gradients, Gabor and Haar energies, shape), standardised; classes weighted to balance; "
        f"the learner chosen among {len(candidates)} by {INNER_FOLDS}-fold cross-validation inside each "
        f"fold's training cases. Chosen: {tally}."
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
