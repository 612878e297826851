"""Points of a learning curve: heads on frozen features, learnt from nested subsets of the patients."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.dataset.deal import Counts, deal
from thirdeye.dataset.grouping import shuffled
from thirdeye.evaluation.learning_curve import LearningPoint
from thirdeye.training.frozen import STRENGTHS, fit_head
from thirdeye.training.selection import Truth, figure, log_loss

FRACTIONS = (0.1, 0.18, 0.32, 0.56, 1.0)
FOLDS = 5
MOST_REPEATS = 10
FEWEST_SPLITS = 10  # made whatever the time allows: fewer give no covariance
OVERRUN, SHORT_S = 3.0, 30.0  # of the time limit that these may take, or this many seconds
FEWEST_OF_CLASS = 3  # patients of each class in the smallest subset
REMAINS = (
    0.15 / FOLDS
)  # in simulations with linear heads 0.08 to 0.15 of the variance between deals of the folds
FEWEST_PATIENTS = 10  # of each class, below which nothing is measured

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class LearningPoints:
    """What was measured.

    Args:
        fractions: (S,) shares of the patients of a training part.
        patients: (S,) how many these are, averaged over splits.
        cases: (S,) how many images.
        table: (J, S) figure of each split and fraction on the split's held-out cases.
        repeat_of: (J,) deal of the folds to which a split belongs.
        name: of the figure.
        strength: of the penalty of all heads.
        seconds: what it took.
    """

    fractions: tuple[float, ...]
    patients: Array
    cases: Array
    table: Array
    repeat_of: NDArray[np.int64]
    name: str
    strength: float
    seconds: float

    @property
    def covariance(self) -> Array:
        """(S, S) of the mean figures: what all points share, and what moves them against each other.

        Splits share their cases, so the variance of a mean over them does not vanish with their number
        (Nadeau & Bengio 2003, Machine Learning 52): of a point by 1 / splits + held out / learnt from, of the
        difference of two points, learnt and tested on the same cases, by less (`REMAINS`).
        """
        spread = np.atleast_2d(np.cov(self.table, rowvar=False))
        shared = float(spread[-1, -1]) * (1 / (FOLDS - 1) - REMAINS)
        own: Array = spread * (1 / len(self.table) + REMAINS) + shared
        return own

    @property
    def points(self) -> list[LearningPoint]:
        """By number of patients."""
        errors = np.sqrt(np.diag(self.covariance))
        means = self.table.mean(axis=0)
        return [
            LearningPoint(float(n), float(value), float(error))
            for n, value, error in zip(self.patients, means, errors, strict=True)
        ]

    @property
    def complete_repeats(self) -> Array:
        """(R,) mean figure with all cases, of each deal of which every fold was measured.

        The held-out cases of all deals together are the same; the deals differ by chance alone.
        """
        number, counts = np.unique(self.repeat_of, return_counts=True)
        whole = number[counts == FOLDS]
        return np.array([self.table[self.repeat_of == r, -1].mean() for r in whole])


def measure_learning(
    features: NDArray[np.float32],
    truth: Truth,
    groups: Sequence[str],
    *,
    seed: int,
    time_limit_s: float,
    progress: Callable[[float], None] = lambda done: None,
) -> LearningPoints | str:
    """Fit heads to growing, nested, class-stratified subsets of patients; each repeat deals the folds anew.

    Args:
        features: (n, C) of development cases only.
        truth: of the same cases.
        groups: (n,) what must stay together (a patient, with the copies of their images).
        seed: of the deals.
        time_limit_s: no split begins after it, once there are `FEWEST_SPLITS`.
        progress: hears the share that is done.

    Returns:
        The points; or why none can be measured, in half a sentence.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # heads are small: threads that wait for each other cost twenty times as much
        return _measure(features, truth, groups, seed, time_limit_s, progress)


def _measure(
    features: NDArray[np.float32], truth: Truth, groups: Sequence[str], seed: int, time_limit_s: float,
    progress: Callable[[float], None],
) -> LearningPoints | str:  # fmt: skip
    started = time.monotonic()
    members = _members(truth, groups)
    fewest = int(np.min(np.sum([counts[: len(truth.classes)] > 0 for counts in members.values()], axis=0)))
    if fewest < FEWEST_PATIENTS:
        patients = "1 patient" if fewest == 1 else f"{fewest} patients"
        return f"the rarest class has {patients}; {FEWEST_PATIENTS} are needed"
    fractions = _fractions(fewest)
    names = np.asarray(groups, dtype=object)
    rows: list[tuple[int, list[tuple[int, int, float]]]] = []
    strength = 0.0
    for repeat in range(MOST_REPEATS):
        dealt = deal(members, [1 / FOLDS] * FOLDS, shuffled(members, seed, f"fold deal {repeat}"))
        fold_of = np.array([dealt[name] for name in names])
        for fold in range(FOLDS):
            used = time.monotonic() - started
            if len(rows) >= FEWEST_SPLITS and used * (1 + 1 / len(rows)) > time_limit_s:
                return _gathered(rows, fractions, truth, strength, used)
            if len(rows) == 1 and used * FEWEST_SPLITS > max(OVERRUN * time_limit_s, SHORT_S):
                return f"it would take about {used * FEWEST_SPLITS:.0f} s; allow for it with --budget"
            train, held = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
            strength = strength or _strength(features, truth, train, held)
            subsets = _nested(members, names, train, fractions, seed, f"subsets {repeat}/{fold}")
            found = [_one(features, truth, subset, held, names, strength) for subset in subsets]
            complete = [one for one in found if one is not None]
            if len(complete) == len(found):
                rows.append((repeat, complete))
            progress((repeat * FOLDS + fold + 1) / (MOST_REPEATS * FOLDS))
    if len(rows) < FEWEST_SPLITS:
        return "a class is missing among the held-out cases of most splits"
    return _gathered(rows, fractions, truth, strength, time.monotonic() - started)


def _members(truth: Truth, groups: Sequence[str]) -> dict[str, Counts]:
    """Group to its number of cases in each class; the last counts cases without any (multi-label)."""
    k = len(truth.classes)
    held = truth.labels if truth.task == "multilabel" else truth.labels[:, None] == np.arange(k)
    members: dict[str, Counts] = {}
    for name, row in zip(groups, held, strict=True):
        counts = members.setdefault(str(name), np.zeros(k + 1))
        counts[:k] += row
        counts[k] += not row.any()
    return members


def _fractions(fewest: int) -> tuple[float, ...]:
    """Those in which the rarest class keeps enough patients."""
    learnt = fewest * (FOLDS - 1) / FOLDS
    return tuple(share for share in FRACTIONS if share * learnt >= FEWEST_OF_CLASS)


def _nested(
    members: dict[str, Counts], names: NDArray[np.object_], train: Rows, fractions: Sequence[float],
    seed: int, purpose: str,
) -> list[Rows]:  # fmt: skip
    """Rows of growing subsets of the training patients, each with the classes in their proportion."""
    inside = {name: members[name] for name in set(names[train])}
    steps = np.diff([0.0, *fractions])
    dealt = deal(inside, steps.tolist(), shuffled(inside, seed, purpose))
    step_of = np.array([dealt[name] for name in names[train]])
    return [train[step_of <= step] for step in range(len(fractions))]


def _strength(features: NDArray[np.float32], truth: Truth, train: Rows, held: Rows) -> float:
    """The penalty that the first split prefers, with all its cases."""

    def cost(strength: float) -> float:
        return log_loss(_logits(features, truth, train, held, strength), truth.at(held))

    return min(STRENGTHS, key=cost)


def _logits(
    features: NDArray[np.float32], truth: Truth, train: Rows, held: Rows, strength: float
) -> NDArray[np.float32]:
    head = fit_head(
        features[train], truth.labels[train], n_outputs=len(truth.classes), task=truth.task, strength=strength
    )
    return head.logits(features[held])


def _one(
    features: NDArray[np.float32], truth: Truth, train: Rows, held: Rows, names: NDArray[np.object_],
    strength: float,
) -> tuple[int, int, float] | None:  # fmt: skip
    """Patients, cases and figure of one head; None where its figure is undefined."""
    found = figure(_logits(features, truth, train, held, strength), truth.at(held))
    if found.value is None:
        return None
    return len(set(names[train])), len(train), found.value


def _gathered(
    rows: list[tuple[int, list[tuple[int, int, float]]]], fractions: tuple[float, ...], truth: Truth,
    strength: float, seconds: float,
) -> LearningPoints:  # fmt: skip
    cube = np.array([found for _, found in rows], dtype=np.float64)  # (J, S, 3)
    sizes = cube.mean(axis=0)
    name = "auc" if truth.positive is not None else "auc_macro"
    repeats = np.array([repeat for repeat, _ in rows])
    return LearningPoints(
        fractions, sizes[:, 0], sizes[:, 1], cube[:, :, 2], repeats, name, strength, seconds
    )
