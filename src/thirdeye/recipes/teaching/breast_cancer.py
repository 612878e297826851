"""The network by hand on a real table, beside a library's: the breast cancers that come with scikit-learn.

569 needle aspirates, 212 of them malignant, described by 30 numbers (Street, Wolberg and Mangasarian 1993).
A third is kept for the test, each class alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import MissingExtra
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.paired import PairedDifference, paired_auc
from thirdeye.evaluation.proportion import wilson
from thirdeye.recipes.teaching.backprop import forward, start, train
from thirdeye.report.teaching.trace import Equality, Part, Steps, Words, compare

Array = NDArray[np.float64]

HIDDEN = (6, 4)
RATE, STEPS = 0.01, 1500
TEST_SHARE = 1 / 3


@dataclass(frozen=True)
class Table:
    """Examples to learn from and to be tested on, inputs scaled to 0..1 by those to learn from.

    Args:
        inputs, wanted: (m, 30) and (m, 1), 1 is malignant.
        test_inputs, test_wanted: the same of those kept away.
    """

    inputs: Array
    wanted: Array
    test_inputs: Array
    test_wanted: Array


@dataclass(frozen=True)
class Answers:
    """How a technique answers the test part: AUC with DeLong's interval, share right with Wilson's."""

    name: str
    scores: Array
    auc: tuple[float, float, float]
    right: tuple[float, float, float]


def cancers(seed: int = 0) -> Table:
    """The table, divided by chance, each class alike.

    Raises:
        MissingExtra: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError as error:
        raise MissingExtra("the breast cancers of scikit-learn", "train") from error
    found = load_breast_cancer()
    malignant = (np.asarray(found.target) == 0).astype(float)[:, None]
    rng = np.random.default_rng(seed)
    kept = np.zeros(len(malignant), bool)
    for kind in (0.0, 1.0):
        rows = rng.permutation(np.flatnonzero(malignant[:, 0] == kind))
        kept[rows[: round(TEST_SHARE * len(rows))]] = True
    values = np.asarray(found.data, float)
    low, high = values[~kept].min(axis=0), values[~kept].max(axis=0)
    scaled = (values - low) / (high - low)
    return Table(scaled[~kept], malignant[~kept], scaled[kept], malignant[kept])


def by_hand(table: Table, seed: int = 0) -> Answers:
    """Two hidden layers, all examples at once, as in `thirdeye.recipes.teaching.backprop`."""
    first = start((table.inputs.shape[1], *HIDDEN, 1), np.random.default_rng(seed))
    net, _ = train(first, table.inputs, table.wanted, rate=RATE, steps=STEPS)
    return answered("by hand", forward(net, table.test_inputs)[-1][:, 0], table)


def by_library(table: Table, seed: int = 0) -> Answers:
    """scikit-learn's network of the same layers, with its own loss (cross-entropy) and method (L-BFGS)."""
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier(
        hidden_layer_sizes=HIDDEN, activation="logistic", solver="lbfgs", max_iter=2000, random_state=seed
    )
    net.fit(table.inputs, table.wanted[:, 0])
    return answered("scikit-learn", net.predict_proba(table.test_inputs)[:, 1], table)


def answered(name: str, scores: Array, table: Table) -> Answers:
    """What these scores of the test part are worth."""
    truth = table.test_wanted[:, 0].astype(int)
    area = auc(truth, scores)
    right = int(((scores > 0.5) == (truth == 1)).sum())
    around = wilson(right, len(truth))
    limits = (float(area.ci_low or np.nan), float(area.ci_high or np.nan))
    share = (right / len(truth), around.low, around.high)
    return Answers(name, scores, (float(area.value or np.nan), *limits), share)


def difference(one: Answers, other: Answers, table: Table) -> PairedDifference:
    """Of their AUCs, on the same cases (DeLong)."""
    return paired_auc(table.test_wanted[:, 0].astype(int), one.scores, other.scores)


def compared() -> tuple[Part, tuple[Equality, ...]]:
    """Both networks on the test part, for a trace; a sentence alone where scikit-learn is not installed."""
    title = "A real table: breast cancers"
    try:
        table = cancers()
    except MissingExtra as error:
        return Words(title, (f"Left out: {error}",)), ()
    ours, theirs = by_hand(table), by_library(table)
    rows = tuple((one.name, _told(one.auc), _told(one.right)) for one in (ours, theirs))
    gap = difference(ours, theirs, table)
    apart = _told((gap.difference, gap.ci_low or np.nan, gap.ci_high or np.nan))
    cases = len(table.wanted), len(table.test_wanted), int(table.test_wanted.sum())
    note = (
        f"{cases[0]} aspirates to learn from, {cases[1]} for the test, {cases[2]} of them malignant; 30 "
        f"numbers each, layers 30-{HIDDEN[0]}-{HIDDEN[1]}-1. AUC with DeLong's interval, share right with "
        f"Wilson's. Difference of the AUCs: {apart}. One division and one seed: which technique is better "
        "in general does not follow."
    )
    equality = compare(
        "breast cancers: the interval of the AUC by hand lies above 0.9",
        True,
        bool(ours.auc[1] > 0.9),
        "choice",
    )
    return Steps(title, ("network", "AUC (95% interval)", "right (95% interval)"), rows, note), (equality,)


def _told(numbers: tuple[float, float, float]) -> str:
    return f"{numbers[0]:.3f} ({numbers[1]:.3f} to {numbers[2]:.3f})"
