"""Two sources together: a logistic regression on what both say of cases that neither had learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.choice import inner_splits

Table = NDArray[np.float64]
_FLOOR = 1e-6


@dataclass(frozen=True)
class Stack:
    """A fitted combination (Wolpert 1992).

    Args:
        models: one for all classes, or in multi-label work one for each label; None where the label never
            varies.
        n_classes: columns of the tables.
        multilabel: whether the columns are labels of their own.
    """

    models: tuple[Any, ...]
    n_classes: int
    multilabel: bool

    def predict(self, first: Table, second: Table) -> Table:
        """(m, K) probabilities from those of either source, (m, K) each."""
        if self.multilabel:
            columns = [
                first[:, k] if model is None else model.predict_proba(_odds(first, second, k))[:, 1]
                for k, model in enumerate(self.models)
            ]
            return np.column_stack(columns)
        model = self.models[0]
        if model is None:
            return first
        found = np.zeros(first.shape)
        found[:, model.classes_] = model.predict_proba(_logs(first, second))
        found = np.clip(found, _FLOOR, None)
        return found / found.sum(axis=1, keepdims=True)


def fit_stack(first: Table, second: Table, labels: NDArray[np.integer], *, multilabel: bool = False) -> Stack:
    """The weights of either source, held small (C = 1).

    Args:
        first, second: (n, K) probabilities of cases that neither source had learned from.
        labels: (n,) class index; multi-label: (n, K) of 0 and 1.
        multilabel: whether the columns are labels of their own.
    """
    if multilabel:
        models = [_fitted(_odds(first, second, k), labels[:, k]) for k in range(first.shape[1])]
    else:
        models = [_fitted(_logs(first, second), labels)]
    return Stack(tuple(models), first.shape[1], multilabel)


def cross_fitted_stack(
    first: Table,
    second: Table,
    labels: NDArray[np.integer],
    *,
    groups: NDArray[np.generic],
    seed: int,
    multilabel: bool = False,
) -> Table | None:
    """(n, K) of the same cases, weights fitted on other patients; None where there are too few."""
    strata = labels.sum(axis=1).clip(0, 1) if multilabel else labels
    splits = inner_splits(strata, groups, seed=seed)
    if not splits:
        return None
    found = np.empty(first.shape)
    for train, holdout in splits:
        stack = fit_stack(first[train], second[train], labels[train], multilabel=multilabel)
        found[holdout] = stack.predict(first[holdout], second[holdout])
    return found


def _fitted(design: Table, labels: NDArray[np.integer]) -> Any:
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(labels)) < 2:
        return None
    return LogisticRegression(C=1.0, max_iter=1000).fit(design, labels)


def _logs(first: Table, second: Table) -> Table:
    """Log probabilities centred over the classes; of two classes one column for each source."""
    logs = [np.log(np.clip(table, _FLOOR, 1)) for table in (first, second)]
    centred = [table - table.mean(axis=1, keepdims=True) for table in logs]
    kept = slice(1, 2) if first.shape[1] == 2 else slice(None)
    return np.column_stack([table[:, kept] for table in centred])


def _odds(first: Table, second: Table, k: int) -> Table:
    clipped = [np.clip(table[:, k], _FLOOR, 1 - _FLOOR) for table in (first, second)]
    return np.column_stack([np.log(p / (1 - p)) for p in clipped])
