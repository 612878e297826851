"""Folds of cases that keep patients together, for what is fitted on held-out cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Table = NDArray[np.float64]
FOLDS = 5


def case_folds(
    labels: NDArray[np.integer], groups: NDArray[np.generic], *, seed: int
) -> list[tuple[Rows, Rows]]:
    """Up to five splits (learning cases, held-out cases); patients are dealt out class by class.

    Args:
        labels: (n,) class index, or (n, K) of 0 and 1.
        groups: (n,) patients.
        seed: of the deal.
    """
    strata = labels if labels.ndim == 1 else labels.sum(axis=1)
    _, first, number = np.unique(groups, return_index=True, return_inverse=True)
    shuffled = np.random.default_rng(seed).permutation(len(first))
    order = shuffled[np.argsort(strata[first][shuffled], kind="stable")]
    fold_of = np.empty(len(first), np.int64)
    fold_of[order] = np.arange(len(first)) % min(FOLDS, max(2, len(first)))
    fold = fold_of[number]
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in np.unique(fold)]


def cross_fitted(
    fit: Callable[[Rows], Callable[[Rows], Table]], folds: list[tuple[Rows, Rows]], shape: tuple[int, int]
) -> Table:
    """(n, K) of every case by a model that did not see its patient; rows that no fold holds out are NaN.

    Args:
        fit: learning cases to a function that gives (m, K) of cases.
        folds: see `case_folds`.
        shape: (n, K).
    """
    found = np.full(shape, np.nan)
    for train, holdout in folds:
        found[holdout] = fit(train)(holdout)
    return found
