"""Features of the networks beside clinical columns: a linear support vector machine, or boosted trees.

Sources: Arevalo J et al., Comput Methods Programs Biomed 2016;127:248-257 (features side by side, scaled to
0..1, a linear machine whose cost is chosen by patients); Gargeya R, Leng T, Ophthalmology 2017;124:962-969
(features and metadata to gradient-boosted trees). Trees grow on the main directions of the features.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.choice import inner_splits, macro_auc
from thirdeye.training.selection import Truth
from thirdeye.transform.fusion.joined import Margins, Part, Trees

Table = NDArray[np.float64]
COSTS = (0.001, 0.01, 0.1, 1.0)
USUAL_COST = 0.1
MOST_FOR_CHOICE = 1000  # cases that costs are tried on
DIRECTIONS = 48  # of the features, for trees
TREES, DEPTH, RATE, SHARE = 100, 3, 0.1, 0.5
ABSENT = -10.0  # score of a class of which there are no cases


def fit_part(
    technique: str,
    features: NDArray[np.floating],
    design: Table,
    truth: Truth,
    *,
    columns: NDArray[np.int64],
    seed: int,
) -> Part:
    """What one fold teaches.

    Args:
        technique: "svm" or "boosting".
        features: (n, F') of the learning cases; F' may be 0.
        design: (n, D) encoded clinical columns of the same.
        truth: of the same; classes exclude each other.
        columns: (F',) places of these features among all.
        seed: of everything random.
    """
    wide = np.asarray(features, float)
    if technique == "svm":
        table = np.concatenate([wide, design], axis=1)
        return Part(columns, np.zeros(0), np.zeros((0, 0)), _margins(table, truth, seed))
    mean, basis = _directions(wide, seed)
    table = np.concatenate([(wide - mean) @ basis, design], axis=1) if wide.shape[1] else design
    return Part(columns, mean, basis, _trees(table, truth, seed))


def _directions(features: Table, seed: int) -> tuple[Table, Table]:
    """Mean (F,) and directions (F, P) of the largest spread, each scaled to a spread of 1."""
    if not features.shape[1]:
        return np.zeros(0), np.zeros((0, 0))
    from sklearn.utils.extmath import randomized_svd

    mean = features.mean(axis=0)
    count = max(1, min(DIRECTIONS, features.shape[1], len(features) - 1))
    _, _, rows = randomized_svd(features - mean, count, random_state=seed)
    spread = ((features - mean) @ rows.T).std(axis=0) + 1e-6
    return mean, rows.T / spread


def _margins(table: Table, truth: Truth, seed: int) -> Margins:
    """A machine of the cost that other patients prefer."""
    low = table.min(axis=0)
    span = table.max(axis=0) - low
    span = np.where(span > 1e-9, span, 1.0)
    scaled = (table - low) / span
    weight, bias = _machine(scaled, truth, _cost(scaled, truth, seed))
    return Margins(low, span, weight, bias)


def _cost(scaled: Table, truth: Truth, seed: int) -> float:
    """The cost that ranks other patients best, tried on whole patients; the smaller on a tie."""
    rows = _some(truth, seed)
    few, held = scaled[rows], truth.at(rows)
    splits = inner_splits(held.labels, held.clusters, seed=seed)
    if not splits:
        return USUAL_COST

    def reached(cost: float) -> float:
        found = np.zeros((len(few), len(truth.classes)))
        for train, other in splits:
            weight, bias = _machine(few[train], held.at(np.asarray(train, np.int64)), cost)
            scores = few[other] @ weight.T + bias
            found[other] = scores if len(bias) > 1 else np.concatenate([-scores, scores], axis=1)
        return macro_auc(held.labels, found)

    return max(COSTS, key=lambda cost: (round(reached(cost), 6), -cost))


def _some(truth: Truth, seed: int) -> NDArray[np.int64]:
    """All cases, or those of patients drawn until there are enough."""
    _, patient = np.unique(truth.clusters, return_inverse=True)
    rank = np.random.default_rng(seed).permutation(patient.max() + 1)[patient]
    limit = np.sort(rank)[min(MOST_FOR_CHOICE, len(rank)) - 1]
    return np.flatnonzero(rank <= limit)


def _machine(scaled: Table, truth: Truth, cost: float) -> tuple[Table, Table]:
    """Weights (K, D) and offsets (K,), of two classes one row; an absent class is never the answer."""
    from sklearn.svm import LinearSVC

    k = len(truth.classes)
    asked = [1] if k == 2 else range(k)
    weight, bias = np.zeros((len(asked), scaled.shape[1])), np.zeros(len(asked))
    for row, name in enumerate(asked):
        member = truth.labels == name
        if member.all() or not member.any():
            bias[row] = -ABSENT if member.all() else ABSENT
            continue
        machine = LinearSVC(C=cost, dual=False, tol=1e-3, random_state=0).fit(scaled, member)
        weight[row], bias[row] = machine.coef_[0], machine.intercept_[0]
    return weight, bias


def _trees(table: Table, truth: Truth, seed: int) -> Trees:
    """Trees, and the score that they start from."""
    k, there = len(truth.classes), np.unique(truth.labels)
    start = np.full(1 if k == 2 else k, ABSENT)
    if len(there) == 1:
        start[0 if k == 2 else there[0]] = -ABSENT if k > 2 or there[0] == 1 else ABSENT
        return _packed(start, [], [])
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=SHARE, random_state=seed
    ).fit(table.astype(np.float32), truth.labels)
    outputs = [0] if k == 2 else list(there) if len(there) > 2 else [there[1]]
    grown = [
        (tree.tree_, output) for row in model.estimators_ for tree, output in zip(row, outputs, strict=True)
    ]
    packed = _packed(start, [tree for tree, _ in grown], [output for _, output in grown])
    first = np.asarray(model.decision_function(table[:1].astype(np.float32))).reshape(-1)
    without = packed.scores(table[:1])[0]
    if k == 2:
        return _started(packed, start + first - without)
    begin = start.copy()
    if len(there) == 2:  # one score for two of several classes: the first of them stays at 0
        begin[there[0]] = 0.0
    begin[outputs] = first - (without - start)[outputs]
    return _started(packed, begin)


def _started(trees: Trees, start: Table) -> Trees:
    return Trees(start, trees.output, trees.column, trees.left, trees.right, trees.threshold, trees.value)


def _packed(start: Table, trees: list[Any], outputs: list[int]) -> Trees:
    """Trees of scikit-learn as tables, a row each."""
    nodes = max((tree.node_count for tree in trees), default=1)
    names = ("feature", "children_left", "children_right", "threshold")
    tables = {name: np.full((len(trees), nodes), -2.0) for name in (*names, "value")}
    for row, tree in enumerate(trees):
        for name in names:
            tables[name][row, : tree.node_count] = getattr(tree, name)
        tables["value"][row, : tree.node_count] = RATE * tree.value[:, 0, 0]
    whole = {name: tables[name].astype(np.int64) for name in names[:3]}
    return Trees(
        start, np.array(outputs, np.int64), whole["feature"], whole["children_left"], whole["children_right"],
        tables["threshold"], tables["value"],
    )  # fmt: skip
