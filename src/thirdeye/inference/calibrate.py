"""Choose and fit a calibration on validation data.

Every candidate is a family with a weak prior at "leave the logits as they are", so that few, separable or
constant cases move it little. The choice falls by cross-validated log loss with patients kept together; a
richer family has to be better by more than chance, else the simpler one stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.inference.calibration import METHODS, Array, Calibration, apply, checked_logits
from thirdeye.inference.calibration_fit import Integers, fit_method

__all__ = ["MINIMUM_PER_CLASS", "Calibration", "apply", "fit_calibration"]

# Cases that the smallest class must have before a family is tried at all.
MINIMUM_PER_CLASS = {"none": 0, "temperature": 5, "platt": 10, "beta": 100, "isotonic": 500}
FOLDS = 5
REPEATS = 2


def fit_calibration(
    logits: NDArray[Any],
    labels: NDArray[Any],
    *,
    task: str,
    candidates: Sequence[str] = METHODS,
    groups: NDArray[Any] | None = None,
) -> Calibration:
    """The calibration that validation data choose.

    Args:
        logits: (n, K) of cases that the network did not learn from.
        labels: (n,) class index, or for multi-label (n, K) of 0 and 1.
        task: "binary", "multiclass", "ordinal" (treated as multi-class) or "multilabel" (one per label).
        candidates: methods to choose from; those that need more cases than there are are left out.
        groups: (n,) patients, kept together in cross-validation; "" or None: a case stands alone.

    Raises:
        UsageError: shapes do not fit, or a candidate is unknown.
    """
    logits = checked_logits(logits, task)
    labels = _checked_labels(labels, logits, task)
    unknown = [name for name in candidates if name not in METHODS]
    if unknown:
        raise UsageError(f"no calibration is called {unknown[0]!r}; choose from {', '.join(METHODS)}")
    group = _group_index(groups, len(logits))
    if task == "multilabel":
        return _fit_per_label(logits, labels, candidates, group)
    return _choose(logits, labels, task, candidates, group)


def _group_index(groups: NDArray[Any] | None, n: int) -> Integers:
    """Patient (n,) as a number; a case whose patient is unknown ("") stands alone."""
    if groups is None:
        return np.arange(n)
    named = np.asarray(groups).astype(str)
    alone = [f"case {k}" if name == "" else f"patient {name}" for k, name in enumerate(named)]
    return np.unique(alone, return_inverse=True)[1]


def _fit_per_label(
    logits: Array, labels: Integers, candidates: Sequence[str], group: Integers
) -> Calibration:
    fitted = []
    for k in range(logits.shape[1]):
        pair = np.column_stack([np.zeros(len(logits)), logits[:, k]])
        fitted.append(_choose(pair, labels[:, k], "binary", candidates, group))
    one_each = [
        {"method": one.method, "parameters": dict(one.parameters), "log_loss": dict(one.log_loss)}
        for one in fitted
    ]
    return Calibration("per_label", "multilabel", {"labels": one_each}, n=len(logits))


def _choose(
    logits: Array, labels: Integers, task: str, candidates: Sequence[str], group: Integers
) -> Calibration:
    counts = np.bincount(labels, minlength=logits.shape[1])
    possible = [name for name in METHODS if name in candidates and counts.min() >= MINIMUM_PER_CLASS[name]]
    if task != "binary":
        possible = [name for name in possible if name in ("none", "temperature", "platt")]
    if not possible or not len(labels):
        return Calibration("none", task, n=len(labels))
    losses = {name: _cross_validated(name, logits, labels, task, group) for name in possible}
    best = possible[0]
    for name in possible[1:]:
        if _clearly_better(losses[name], losses[best], group):
            best = name
    chosen = fit_method(best, logits, labels, task)
    return replace(chosen, log_loss={name: round(float(loss.mean()), 6) for name, loss in losses.items()})


def _clearly_better(new: Array, old: Array, group: Integers) -> bool:
    """Mean gain above half its standard error, patients being the units."""
    gain = np.bincount(group, weights=old - new)
    error = gain.std(ddof=1) * np.sqrt(len(gain)) if len(gain) > 1 else np.inf
    return bool(gain.sum() > 0.5 * error + 1e-9 * len(gain))


def _cross_validated(method: str, logits: Array, labels: Integers, task: str, group: Integers) -> Array:
    """Log loss (n,) of each case under fits that did not see its patient."""
    if method == "none":
        return _log_loss(Calibration(method, task), logits, labels)
    total = np.zeros(len(labels))
    for repeat in range(REPEATS):
        fold = _folds(group, labels, seed=repeat)
        for k in np.unique(fold):
            out = fold == k
            total[out] += _log_loss(
                fit_method(method, logits[~out], labels[~out], task), logits[out], labels[out]
            )
    return total / REPEATS


def _folds(group: Integers, labels: Integers, *, seed: int) -> Integers:
    """Fold (n,) of each case: patients dealt out class by class."""
    first = np.unique(group, return_index=True)[1]
    shuffled = np.random.default_rng(seed).permutation(len(first))
    order = shuffled[np.argsort(labels[first][shuffled], kind="stable")]
    fold_of_group = np.empty(len(first), np.int64)
    fold_of_group[order] = np.arange(len(first)) % min(FOLDS, max(2, len(first)))
    return fold_of_group[group]


def _log_loss(calibration: Calibration, logits: Array, labels: Integers) -> Array:
    probability = apply(calibration, logits)[np.arange(len(labels)), labels]
    return -np.log(np.maximum(probability, 1e-12))


def _checked_labels(labels: NDArray[Any], logits: Array, task: str) -> Integers:
    given = np.asarray(labels)
    expected = logits.shape if task == "multilabel" else logits.shape[:1]
    if given.shape != expected:
        raise UsageError(f"{task} labels must have the shape {expected}, not {given.shape}")
    highest = 1 if task == "multilabel" else logits.shape[1] - 1
    if given.size and (given.min() < 0 or given.max() > highest):
        raise UsageError(f"labels must lie in 0..{highest}, but reach from {given.min()} to {given.max()}")
    return given.astype(np.int64)
