"""Fit one family of calibrations: the most likely parameters under a weak prior at "change nothing".

A network that has hardly begun to learn may rank well on a scale of thousandths. For logits that spread by
less than a prior's width the prior has a second place, "bring them to a spread of 1"; the more likely wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize

from thirdeye.inference.calibration import Array, Calibration, log_sigmoid, scaled, sigmoid, softmax

PRIOR_LOG_SLOPE = 1.0  # standard deviations of the priors
PRIOR_INTERCEPT = 2.0
PRIOR_CLASS_LOG_SLOPE = 0.3  # a class's slope around the common one
PRIOR_BEND = 0.5  # half of log(a / b) of the beta family
Integers = NDArray[np.int64]
Found = tuple[float, Array]  # cost, parameters
_MOST = 6.0


def fit_method(method: str, logits: Array, labels: Integers, task: str) -> Calibration:
    """The calibration of one method.

    Args:
        method: "none", "temperature" or "platt"; binary also "beta" or "isotonic".
        logits: (n, K), finite.
        labels: (n,) class index.
        task: "binary", "multiclass" or "ordinal".
    """
    if method == "none":
        parameters: dict[str, Any] = {}
    elif task == "binary":
        parameters = _BINARY_FITS[method](logits[:, 1] - logits[:, 0], labels)
    else:
        parameters = _fit_classes(method, logits, labels)
    return Calibration(method, task, parameters, n=len(labels))


def _fit_temperature(logit: Array, labels: Integers) -> dict[str, Any]:
    def around(centre: float) -> Found:
        def family(theta: Array) -> tuple[Array, Array]:
            scaled_logit = np.exp(centre + theta[0]) * logit
            return scaled_logit, scaled_logit[None]

        return _most_likely(family, [PRIOR_LOG_SLOPE], labels)

    centre, theta = _best(around, logit)
    return {"temperature": float(np.exp(-centre - theta[0]))}


def _fit_platt(logit: Array, labels: Integers) -> dict[str, Any]:
    """Platt (1999), with the slope kept positive."""

    def around(centre: float) -> Found:
        middled = logit - _middle(logit, centre)

        def family(theta: Array) -> tuple[Array, Array]:
            scaled_logit = np.exp(centre + theta[0]) * middled
            return scaled_logit + theta[1], np.stack([scaled_logit, np.ones_like(logit)])

        return _most_likely(family, [PRIOR_LOG_SLOPE, PRIOR_INTERCEPT], labels)

    centre, (log_slope, intercept) = _best(around, logit)
    slope = np.exp(centre + log_slope)
    return {"slope": float(slope), "intercept": float(intercept - slope * _middle(logit, centre))}


def _fit_beta(logit: Array, labels: Integers) -> dict[str, Any]:
    """Kull, Silva Filho, Flach (AISTATS 2017): log-odds = a ln s - b ln(1 - s) + c with a, b > 0."""
    rise, fall = log_sigmoid(logit), log_sigmoid(-logit)

    def family(theta: Array) -> tuple[Array, Array]:
        risen, fallen = np.exp(theta[0] + theta[1]) * rise, np.exp(theta[0] - theta[1]) * fall
        return risen - fallen + theta[2], np.stack([risen - fallen, risen + fallen, np.ones_like(logit)])

    width = [PRIOR_LOG_SLOPE, PRIOR_BEND, PRIOR_INTERCEPT]
    _, (slope, bend, shift) = _most_likely(family, width, labels)
    return {"a": float(np.exp(slope + bend)), "b": float(np.exp(slope - bend)), "c": float(shift)}


def _best(around: Callable[[float], Found], logits: Array) -> tuple[float, Array]:
    """The place of the prior of the logarithm of the slope that fits best, and the parameters around it."""
    spread = float((logits - logits.mean(axis=0)).std()) if len(logits) else 0.0
    centres = [0.0]
    if spread > 0 and -np.log(spread) > PRIOR_LOG_SLOPE:
        centres.append(min(-float(np.log(spread)), _MOST))
    found = [(centre, *around(centre)) for centre in centres]
    centre, _, theta = min(found, key=lambda one: one[1])
    return centre, theta


def _middle(logits: Array, centre: float) -> Any:
    """What is taken away before logits (n,) or (n, K) are spread, so that they spread around 0."""
    return logits.mean(axis=0) if centre else 0.0


def _most_likely(
    family: Callable[[Array], tuple[Array, Array]], width: Sequence[float], labels: Integers
) -> Found:
    """Parameters of highest posterior density, after their cost.

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

    def around(centre: float) -> Found:
        middled = centred if method == "temperature" else centred - _middle(centred, centre)

        def cost(theta: Array) -> tuple[float, Array]:
            full = np.zeros(1 + 2 * n_classes)
            full[free] = theta
            slope = np.exp(centre + full[0] + full[1 : n_classes + 1])
            raised = middled * slope + full[n_classes + 1 :]
            probability = softmax(raised)
            loss = -np.log(np.maximum(probability[np.arange(n), labels], 1e-300)).sum()
            error = probability - truth
            by_slope = (error * middled * slope).sum(axis=0)
            gradient = np.concatenate([[by_slope.sum()], by_slope, error.sum(axis=0)]) + full / width**2
            return float(loss + 0.5 * ((full / width) ** 2).sum()), gradient[free]

        return _minimum(cost, free.stop)

    centre, theta = _best(around, centred)
    if method == "temperature":
        return {"temperature": float(np.exp(-centre - theta[0]))}
    slope = np.exp(centre + theta[0] + theta[1 : n_classes + 1])
    intercept = theta[n_classes + 1 :] - slope * _middle(centred, centre)
    return {"slope": slope.tolist(), "intercept": intercept.tolist()}


def _minimum(cost: Callable[[Array], tuple[float, Array]], n_parameters: int) -> Found:
    """The smallest `cost` (value and gradient), and where; parameters stay within -6..6."""
    bounds = [(-_MOST, _MOST)] * n_parameters
    found = minimize(cost, np.zeros(n_parameters), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.fun), found.x


_BINARY_FITS: dict[str, Callable[[Array, Integers], dict[str, Any]]] = {
    "temperature": _fit_temperature,
    "platt": _fit_platt,
    "beta": _fit_beta,
    "isotonic": _fit_isotonic,
}
