"""Recalibration to another set of cases: offered beside the evidence, never in its place.

The updates are monotone in each probability, so that they leave every ranking, and with it the AUC, as it was
(of many classes: nearly so). What is shown of them is cross-fitted: each case is recalibrated by an update
that never saw its patient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.logistic import CLIP, fit_logistic, logit

Array = NDArray[np.float64]
METHODS = ("intercept", "intercept_slope", "isotonic")
LEAST = {"intercept": 10, "intercept_slope": 20, "isotonic": 500}  # cases of the smaller class
EDGE = 1e-6  # no recalibrated probability is 0 or 1
FOLDS = 5


@dataclass(frozen=True)
class Update:
    """A fitted recalibration.

    Args:
        method: one of `METHODS`.
        kind: "binary" (of the positive class), "multilabel" (each label by itself) or "multiclass" (rows
            keep their sum).
        parameters: binary: {"intercept", "slope"} on the log odds, or {"probability", "event_rate"}, corners
            of a staircase with straight slopes; multilabel: {"labels": [...]}; multiclass: {"intercept":
            [...], "slope"} on the log probabilities.
        n: cases that it was fitted on.
    """

    method: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    n: int = 0

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"method": self.method, "kind": self.kind, "parameters": dict(self.parameters), "n": self.n}

    def apply(self, probabilities: NDArray[np.floating], *, positive: int | None = None) -> Array:
        """Recalibrated probabilities (n, K).

        Args:
            probabilities: (n, K).
            positive: column of the positive class (binary).
        """
        values = np.asarray(probabilities, dtype=np.float64)
        if self.kind == "binary":
            updated = apply_curve(self.parameters, values[:, positive or 0])
            both = np.empty((len(values), 2))
            both[:, positive or 0], both[:, 1 - (positive or 0)] = updated, 1 - updated
            return both
        if self.kind == "multilabel":
            columns = [apply_curve(one, values[:, k]) for k, one in enumerate(self.parameters["labels"])]
            return np.column_stack(columns)
        return _shifted(self.parameters, values)


def apply_curve(parameters: Mapping[str, Any], probabilities: Array) -> Array:
    """Recalibrated probability (n,) of one class by a binary update."""
    if "event_rate" in parameters:
        updated = np.interp(probabilities, parameters["probability"], parameters["event_rate"])
    else:
        odds = parameters["intercept"] + parameters["slope"] * logit(probabilities)[0]
        updated = 1 / (1 + np.exp(-odds))
    return np.asarray(np.clip(updated, EDGE, 1 - EDGE))


def fit_update(
    method: str, labels: NDArray[np.integer], probabilities: Array, *, task: str, positive: int | None
) -> Update | None:
    """The update of one method, fitted on all cases given.

    Args:
        method: one of `METHODS`.
        labels: (n,) class numbers; (n, K) of 0 and 1 for multi-label.
        probabilities: (n, K).
        task: "binary", "multiclass", "ordinal" or "multilabel".
        positive: column of the positive class (binary).

    Returns:
        None where there is no finite fit, or one that would turn the ranking around.

    Raises:
        UsageError: an unknown method.
    """
    if method not in METHODS:
        raise UsageError(f"no recalibration is called '{method}'; choose from {', '.join(METHODS)}")
    n = len(labels)
    if task == "binary":
        column = positive or 0
        found = _fit_curve(method, labels == column, probabilities[:, column])
        return None if found is None else Update(method, "binary", found, n)
    if task == "multilabel":
        each = [_fit_curve(method, labels[:, k] == 1, probabilities[:, k]) for k in range(labels.shape[1])]
        return None if None in each else Update(method, "multilabel", {"labels": each}, n)
    found = _fit_classes(method, labels, probabilities)
    return None if found is None else Update(method, "multiclass", found, n)


def _fit_curve(method: str, truth: NDArray[np.bool_], probabilities: Array) -> dict[str, Any] | None:
    if truth.all() or not truth.any():
        return None
    if method == "isotonic":
        return _isotonic(truth, probabilities)
    odds, alone = logit(probabilities)[0], check_clusters(None, truth.size)
    ones = np.ones((truth.size, 1))
    if method == "intercept":
        fit = fit_logistic(ones, truth, offset=odds, clusters=alone)
        return None if fit is None else {"intercept": float(fit.coefficients[0]), "slope": 1.0}
    if np.ptp(odds) < 1e-9:
        return None
    fit = fit_logistic(np.column_stack([ones, odds]), truth, clusters=alone)
    if fit is None or fit.coefficients[1] <= 0:
        return None
    return {"intercept": float(fit.coefficients[0]), "slope": float(fit.coefficients[1])}


def _isotonic(truth: NDArray[np.bool_], probabilities: Array) -> dict[str, Any]:
    """Pool adjacent violators, straight lines between the blocks' centres; no block is certain."""
    from scipy.optimize import isotonic_regression

    value, where = np.unique(probabilities, return_inverse=True)
    weight = np.bincount(where).astype(np.float64)
    share = np.bincount(where, weights=truth) / weight
    blocks = isotonic_regression(share, weights=weight).blocks[:-1]
    size = np.add.reduceat(weight, blocks)
    centre = np.add.reduceat(weight * value, blocks) / size
    rate = (np.add.reduceat(weight * share, blocks) + 0.5) / (size + 1)
    return {"probability": centre.tolist(), "event_rate": np.maximum.accumulate(rate).tolist()}


def _fit_classes(method: str, labels: NDArray[np.integer], probabilities: Array) -> dict[str, Any] | None:
    """Intercepts for all classes, and one common slope where the method has one; maximum likelihood."""
    from scipy.optimize import minimize

    k = probabilities.shape[1]
    if method == "isotonic" or np.bincount(labels, minlength=k).min() == 0:
        return None
    logs, truth = _logs(probabilities), np.eye(k)[labels]
    free = k - 1 if method == "intercept" else k

    def cost(theta: Array) -> tuple[float, Array]:
        slope = np.exp(theta[k - 1]) if free == k else 1.0
        raised = logs * slope + np.append(theta[: k - 1], 0.0)
        raised -= raised.max(axis=1, keepdims=True)
        fitted = np.exp(raised)
        fitted /= fitted.sum(axis=1, keepdims=True)
        error = fitted - truth
        gradient = error.sum(axis=0)[: k - 1]
        if free == k:
            gradient = np.append(gradient, slope * (error * logs).sum())
        return float(-np.log(np.maximum((fitted * truth).sum(axis=1), 1e-300)).sum()), gradient

    found = minimize(cost, np.zeros(free), jac=True, method="L-BFGS-B", bounds=[(-8.0, 8.0)] * free)
    slope = float(np.exp(found.x[k - 1])) if free == k else 1.0
    return {"intercept": [*map(float, found.x[: k - 1]), 0.0], "slope": slope}


def _logs(probabilities: Array) -> Array:
    return np.asarray(np.log(np.clip(probabilities, CLIP, 1.0)))


def _shifted(parameters: Mapping[str, Any], probabilities: Array) -> Array:
    raised = _logs(probabilities) * parameters["slope"] + np.asarray(parameters["intercept"])
    raised -= raised.max(axis=1, keepdims=True)
    fitted = np.exp(raised)
    return np.asarray(fitted / fitted.sum(axis=1, keepdims=True))


@dataclass(frozen=True)
class CrossFitted:
    """What an update gives to cases whose patients it never saw.

    Args:
        update: fitted on all cases, to be used on new ones.
        probabilities: (n, K) recalibrated out of fold.
        folds: number of folds.
    """

    update: Update
    probabilities: Array
    folds: int


def cross_fit(
    method: str, labels: NDArray[np.integer], probabilities: Array, *, task: str, positive: int | None,
    clusters: Any = None, seed: int = 0,
) -> CrossFitted | str:  # fmt: skip
    """An update with what it gives out of fold, patients kept together; or why there is none.

    Args:
        method, labels, probabilities, task, positive: as for `fit_update`.
        clusters: (n,) patient of each row, or None.
        seed: of the folds.
    """
    counts = class_counts(labels, probabilities.shape[1], task)
    if counts.min() < LEAST[method]:
        return f"needs {LEAST[method]} cases of each class, got {int(counts.min())} of the smallest"
    update = fit_update(method, labels, probabilities, task=task, positive=positive)
    if update is None:
        return "is not offered for this task" if method == "isotonic" else "has no finite, rising fit"
    folds = _folds(check_clusters(clusters, len(labels)), labels, seed)
    result = np.empty_like(probabilities)
    for fold in np.unique(folds):
        out = folds == fold
        fitted = fit_update(method, labels[~out], probabilities[~out], task=task, positive=positive)
        if fitted is None:
            return "has no finite, rising fit in one of the folds"
        result[out] = fitted.apply(probabilities[out], positive=positive)
    return CrossFitted(update, result, int(np.unique(folds).size))


def class_counts(labels: NDArray[np.integer], k: int, task: str) -> NDArray[np.int64]:
    """Cases of each class; for multi-label the smaller of those with and without each label."""
    if task == "multilabel":
        held = labels.sum(axis=0)
        return np.minimum(held, len(labels) - held).astype(np.int64)
    return np.bincount(labels, minlength=k).astype(np.int64)


def _folds(groups: Clusters, labels: NDArray[np.integer], seed: int) -> NDArray[np.int64]:
    """Fold (n,) of each row: patients dealt out class by class (a patient counts for its first row)."""
    first = np.unique(groups.codes, return_index=True)[1]
    kind = labels[first] if labels.ndim == 1 else labels[first].sum(axis=1)
    shuffled = np.random.default_rng(seed).permutation(groups.count)
    order = shuffled[np.argsort(kind[shuffled], kind="stable")]
    fold = np.empty(groups.count, np.int64)
    fold[order] = np.arange(groups.count) % min(FOLDS, max(2, groups.count))
    return fold[groups.codes]


def log_loss(labels: NDArray[np.integer], probabilities: Array, *, task: str) -> Array:
    """Loss (n,) of each case in nats; for multi-label summed over the labels."""
    values = np.clip(probabilities, 1e-12, 1 - 1e-12)
    if task == "multilabel":
        return np.asarray(-np.where(labels == 1, np.log(values), np.log1p(-values)).sum(axis=1))
    return np.asarray(-np.log(values[np.arange(len(labels)), labels]))


def recommended(losses: Mapping[str, Array], clusters: Any = None) -> str | None:
    """The simplest update that no other beats by more than chance; None: leave the probabilities alone.

    A richer one has to gain more than half a standard error of its mean gain over patients, as the study's
    own calibration had to.

    Args:
        losses: method to its out-of-fold losses (n,), simplest first; "none" is the first.
        clusters: (n,) patient of each row, or None.
    """
    names = list(losses)
    best = names[0]
    for name in names[1:]:
        groups = check_clusters(clusters, losses[name].size)
        gain = np.bincount(groups.codes, weights=losses[best] - losses[name], minlength=groups.count)
        error = gain.std(ddof=1) * np.sqrt(gain.size) if gain.size > 1 else np.inf
        if gain.sum() > 0.5 * error + 1e-9 * gain.size:
            best = name
    return None if best == "none" else best
