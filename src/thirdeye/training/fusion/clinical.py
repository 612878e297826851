"""Clinical variables beside the images, or by themselves: a small penalised logistic regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.frozen import Head, fit_head
from thirdeye.training.fusion.folds import case_folds
from thirdeye.training.selection import Truth, log_loss

PENALTIES = (0.003, 0.03, 0.3)  # inverse: the larger, the freer
Table = NDArray[np.float64]


@dataclass(frozen=True)
class FittedLinear:
    """A linear model and what it says of each case when it has not seen its patient.

    Args:
        model: its logits (n, K), fitted on all cases.
        logits: (n, K), cross-fitted.
        strength: chosen among `PENALTIES`.
    """

    model: Head
    logits: Table
    strength: float


def fit_linear(design: Table, truth: Truth, *, seed: int) -> FittedLinear:
    """L2-penalised logistic regression; the penalty is the one that held-out cases prefer.

    Args:
        design: (n, D) columns of cases that the images' reader did not learn from.
        truth: of the same.
        seed: of the folds.
    """
    folds = case_folds(truth.labels, truth.clusters, seed=seed)
    n_outputs = len(truth.classes)

    def fitted(rows: NDArray[np.int64], strength: float) -> Head:
        return fit_head(
            np.asarray(design[rows], np.float32), truth.labels[rows], n_outputs=n_outputs, task=truth.task,
            strength=strength,
        )  # fmt: skip

    def held_out(strength: float) -> Table:
        found = np.empty((len(design), n_outputs))
        for train, holdout in folds:
            head = fitted(train, strength)
            found[holdout] = design[holdout] @ head.weight.T + head.bias
        return found

    tried = {strength: held_out(strength) for strength in PENALTIES}
    best = min(tried, key=lambda strength: log_loss(tried[strength], truth))
    head = fitted(np.arange(len(design)), best)
    return FittedLinear(head, tried[best], best)
