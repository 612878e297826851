"""How certain a reader is of an answer: from its probabilities, and from how far its parts disagree.

Every measure runs from 0 (not at all) to 1, and cases are ordered by it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation import deferral
from thirdeye.evaluation.inputs import check_class_indices, check_length, check_numbers, check_probabilities

Array = NDArray[np.float64]


def distance_from_threshold(probabilities: Array, *, task: str, threshold: float | None) -> Array:
    """How far the probability lies from another decision.

    Yes-or-no: from the operating point (0 at it, 1 at a probability of 0 or 1). Several classes: the most
    probable one against chance. Several labels: each from one half, their mean.

    Args:
        probabilities: (n, K); binary: column 1 is the positive class.
        task: "binary", "multiclass", "ordinal" or "multilabel".
        threshold: of the positive class; binary only.
    """
    if task == "binary":
        at = 0.5 if threshold is None else min(max(threshold, 1e-6), 1 - 1e-6)
        return deferral.certainty(probabilities[:, 1], at)
    if task == "multilabel":
        return np.asarray(np.abs(2 * probabilities - 1).mean(axis=1))
    k = probabilities.shape[1]
    return np.asarray((probabilities.max(axis=1) - 1 / k) / (1 - 1 / k))


def margin(probabilities: Array) -> Array:
    """The most probable class against the second.

    Args:
        probabilities: (n, K), rows sum to 1.
    """
    ordered = np.sort(probabilities, axis=1)
    return np.asarray(ordered[:, -1] - ordered[:, -2])


def one_minus_entropy(probabilities: Array, *, task: str) -> Array:
    """1 less the entropy over its largest value; several labels: the mean over labels.

    Args:
        probabilities: (n, K).
        task: as of `distance_from_threshold`.
    """
    if task == "multilabel":
        return 1 - (_bits(probabilities) + _bits(1 - probabilities)).mean(axis=1) / np.log(2)
    return 1 - _bits(probabilities).sum(axis=1) / np.log(probabilities.shape[1])


def _bits(p: Array) -> Array:
    safe = np.where(p > 0, p, 1.0)
    return np.asarray(-p * np.log(safe))


def agreement(tables: Array, *, task: str, weights: Any = None) -> Array:
    """1 less the mean distance of the parts' probabilities from their mean (total variation).

    Parts are the members of an ensemble, or the views of an image.

    Args:
        tables: (n, M, K) probabilities of M parts.
        task: as of `distance_from_threshold`.
        weights: (M,) say of each part; None: the same for all.
    """
    values = check_numbers("probabilities of the parts", tables)
    if values.ndim != 3 or values.shape[1] < 2:
        raise UsageError(f"agreement needs cases x parts x classes and two parts or more, not {values.shape}")
    say = np.ones(values.shape[1]) if weights is None else check_numbers("the say of the parts", weights)
    say = say / say.sum()
    mean = np.einsum("nmk,m->nk", values, say)
    off = np.abs(values - mean[:, None])
    each = off.mean(axis=2) if task == "multilabel" else off.sum(axis=2) / 2
    return np.asarray(1 - each @ say)


def wrong_decisions(labels: Any, probabilities: Array, *, task: str, threshold: float | None) -> Array:
    """(n,) 1 where the decision is wrong; several labels: the share of them that is.

    Args:
        labels: (n,) class numbers, or (n, K) of 0 and 1.
        probabilities: (n, K); binary: column 1 is the positive class.
        task, threshold: as of `distance_from_threshold`.
    """
    table = check_numbers("probabilities", probabilities)
    if table.ndim != 2:
        raise UsageError(f"probabilities: expected cases x classes, got an array of {table.shape}")
    check_probabilities(table.ravel(), table.size)
    if task == "multilabel":
        held = check_numbers("labels", labels)
        if held.shape != table.shape:
            raise UsageError(f"labels {held.shape} and probabilities {table.shape} should be of one shape")
        return np.asarray(((table >= 0.5) != (held == 1)).mean(axis=1))
    truth = check_class_indices(labels, table.shape[1])
    check_length("labels", truth, len(table))
    return np.asarray(decided(table, task=task, threshold=threshold) != truth, dtype=float)


def decided(probabilities: Array, *, task: str, threshold: float | None) -> NDArray[np.int64]:
    """(n,) the class that is decided for; arguments as of `wrong_decisions`, not for several labels."""
    if task == "binary" and threshold is not None:
        return np.asarray(probabilities[:, 1] >= threshold, dtype=np.int64)
    return probabilities.argmax(axis=1)
