"""Choose and fit a calibration on validation data.

Every candidate is a family with a weak prior at "leave the logits as they are", so that few, separable or
constant cases move it little. The choice falls by cross-validated log loss with patients kept together; a
richer family has to be better by more than chance, else the simpler one stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize

from thirdeye.errors import UsageError
from thirdeye.inference.calibration import (
    METHODS,
    Array,
    Calibration,
    apply,
    checked_logits,
    log_sigmoid,
    scaled,
    sigmoid,
    softmax,
)

__all__ = ["MINIMUM_PER_CLASS", "Calibration", "apply", "fit_calibration"]

# Cases that the smallest class must have before a family is tried at all.
MINIMUM_PER_CLASS = {"none": 0, "temperature": 5, "platt": 10, "beta": 100, "isotonic": 500}
FOLDS = 5
REPEATS = 2
PRIOR_LOG_SLOPE = 1.0  # standard deviations of the priors
PRIOR_INTERCEPT = 2.0
PRIOR_CLASS_LOG_SLOPE = 0.3  # a class's slope around the common one
PRIOR_BEND = 0.5  # log(a / b) of the beta family
Integers = NDArray[np.int64]


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
        groups: (n,) patients, kept together in cross-validation; None: every case is its own.

    Raises:
        UsageError: shapes do not fit, or a candidate is unknown.
    """
    logits = checked_logits(logits, task)
    labels = _checked_labels(labels, logits, task)
    unknown = [name for name in candidates if name not in METHODS]
    if unknown:
        raise UsageError(f"no calibration is called {unknown[0]!r}; choose from {', '.join(METHODS)}")
    _, group = np.unique(
        np.arange(len(logits)) if groups is None else np.asarray(groups), return_inverse=True
    )
    if task == "multilabel":
        return _fit_per_label(logits, labels, candidates, group)
    return _choose(logits, labels, task, candidates, group)


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
    chosen = _fit(best, logits, labels, task)
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
            total[out] += _log_loss(_fit(method, logits[~out], labels[~out], task), logits[out], labels[out])
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


def _fit(method: str, logits: Array, labels: Integers, task: str) -> Calibration:
    if method == "none":
        parameters: dict[str, Any] = {}
    elif task == "binary":
        parameters = _BINARY_FITS[method](logits[:, 1] - logits[:, 0], labels)
    else:
        parameters = _fit_classes(method, logits, labels)
    return Calibration(method, task, parameters, n=len(labels))


def _fit_temperature(logit: Array, labels: Integers) -> dict[str, Any]:
    def family(theta: Array) -> tuple[Array, Array]:
        scaled_logit = np.exp(theta[0]) * logit
        return scaled_logit, scaled_logit[None]

    return {"temperature": float(np.exp(-_most_likely(family, [PRIOR_LOG_SLOPE], labels)[0]))}


def _fit_platt(logit: Array, labels: Integers) -> dict[str, Any]:
    """Platt (1999), with the slope kept positive."""

    def family(theta: Array) -> tuple[Array, Array]:
        scaled_logit = np.exp(theta[0]) * logit
        return scaled_logit + theta[1], np.stack([scaled_logit, np.ones_like(logit)])

    slope, intercept = _most_likely(family, [PRIOR_LOG_SLOPE, PRIOR_INTERCEPT], labels)
    return {"slope": float(np.exp(slope)), "intercept": float(intercept)}


def _fit_beta(logit: Array, labels: Integers) -> dict[str, Any]:
    """Kull, Silva Filho, Flach (AISTATS 2017): log-odds = a ln s - b ln(1 - s) + c with a, b > 0."""
    rise, fall = log_sigmoid(logit), log_sigmoid(-logit)

    def family(theta: Array) -> tuple[Array, Array]:
        risen, fallen = np.exp(theta[0] + theta[1]) * rise, np.exp(theta[0] - theta[1]) * fall
        return risen - fallen + theta[2], np.stack([risen - fallen, risen + fallen, np.ones_like(logit)])

    slope, bend, shift = _most_likely(family, [PRIOR_LOG_SLOPE, PRIOR_BEND, PRIOR_INTERCEPT], labels)
    return {"a": float(np.exp(slope + bend)), "b": float(np.exp(slope - bend)), "c": float(shift)}


def _most_likely(
    family: Callable[[Array], tuple[Array, Array]], width: Sequence[float], labels: Integers
) -> Array:
    """Parameters of highest posterior density.

    Args:
        family: parameters (p,) to log-odds (n,) and their derivatives (p, n).
        width: standard deviation of each parameter's prior around 0.
        labels: (n,) 0 or 1.
    """
    spread = np.asarray(width)

    def cost(theta: Array) -> tuple[float, Array]:
        logit, slopes = family(theta)
        loss = np.logaddexp(0.0, np.where(labels == 1, -logit, logit)).sum()
        error = sigmoid(logit) - labels
        gradient = (slopes * error).sum(axis=1) + theta / spread**2  # no BLAS: its threads cost more
        return float(loss + 0.5 * ((theta / spread) ** 2).sum()), gradient

    return _minimum(cost, len(spread))


def _fit_isotonic(logit: Array, labels: Integers) -> dict[str, Any]:
    """Pool adjacent violators, then straight lines between the blocks' centres, so that few ties appear."""
    order = np.argsort(logit, kind="stable")
    value, where = np.unique(logit[order], return_inverse=True)
    weight = np.bincount(where).astype(np.float64)
    share = np.bincount(where, weights=labels[order]) / weight
    result = isotonic_regression(share, weights=weight)
    starts = result.blocks[:-1]
    size = np.add.reduceat(weight, starts)
    centre = np.add.reduceat(weight * value, starts) / size
    level = (np.add.reduceat(weight * share, starts) + 0.5) / (size + 1)  # no block is certain
    return {"logit": centre.tolist(), "probability": np.maximum.accumulate(level).tolist()}


def _fit_classes(method: str, logits: Array, labels: Integers) -> dict[str, Any]:
    """Temperature, or vector scaling (Guo et al., ICML 2017) shrunk towards it."""
    n, n_classes = logits.shape
    centred = scaled("none", {}, logits)
    truth = np.eye(n_classes)[labels]
    width = np.repeat([PRIOR_LOG_SLOPE, PRIOR_CLASS_LOG_SLOPE, PRIOR_INTERCEPT], [1, n_classes, n_classes])
    free = slice(0, 1 if method == "temperature" else 1 + 2 * n_classes)

    def cost(theta: Array) -> tuple[float, Array]:
        full = np.zeros(1 + 2 * n_classes)
        full[free] = theta
        slope = np.exp(full[0] + full[1 : n_classes + 1])
        raised = centred * slope + full[n_classes + 1 :]
        probability = softmax(raised)
        loss = -np.log(np.maximum(probability[np.arange(n), labels], 1e-300)).sum()
        error = probability - truth
        by_slope = (error * centred * slope).sum(axis=0)
        gradient = np.concatenate([[by_slope.sum()], by_slope, error.sum(axis=0)]) + full / width**2
        return float(loss + 0.5 * ((full / width) ** 2).sum()), gradient[free]

    theta = _minimum(cost, free.stop)
    if method == "temperature":
        return {"temperature": float(np.exp(-theta[0]))}
    slope = np.exp(theta[0] + theta[1 : n_classes + 1])
    return {"slope": slope.tolist(), "intercept": theta[n_classes + 1 :].tolist()}


def _minimum(cost: Callable[[Array], tuple[float, Array]], n_parameters: int) -> Array:
    """Where `cost` (value and gradient) is smallest; parameters stay within -6..6 (slopes: exp of it)."""
    bounds = [(-6.0, 6.0)] * n_parameters
    return minimize(cost, np.zeros(n_parameters), jac=True, method="L-BFGS-B", bounds=bounds).x


def _checked_labels(labels: NDArray[Any], logits: Array, task: str) -> Integers:
    given = np.asarray(labels)
    expected = logits.shape if task == "multilabel" else logits.shape[:1]
    if given.shape != expected:
        raise UsageError(f"{task} labels must have the shape {expected}, not {given.shape}")
    highest = 1 if task == "multilabel" else logits.shape[1] - 1
    if given.size and (given.min() < 0 or given.max() > highest):
        raise UsageError(f"labels must lie in 0..{highest}, but reach from {given.min()} to {given.max()}")
    return given.astype(np.int64)


_BINARY_FITS: dict[str, Callable[[Array, Integers], dict[str, Any]]] = {
    "temperature": _fit_temperature,
    "platt": _fit_platt,
    "beta": _fit_beta,
    "isotonic": _fit_isotonic,
}
