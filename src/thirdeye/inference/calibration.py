"""A calibration: how logits become probabilities that mean what they say. numpy only, for reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch, UsageError

Array = NDArray[np.float64]
METHODS = ("none", "temperature", "platt", "beta", "isotonic")
EDGE = 1e-6  # no calibrated probability is 0 or 1: a finite sample cannot show certainty


@dataclass(frozen=True)
class Calibration:
    """A fitted map from logits to probabilities.

    Args:
        method: one of `METHODS`, or "per_label" (multi-label: one binary calibration per label).
        task: "binary", "multiclass", "ordinal" or "multilabel".
        parameters: of the method, JSON-ready:
            none {}; temperature {"temperature": T}; platt {"slope": a, "intercept": b}, for more than two
            classes lists of K (vector scaling); beta {"a", "b", "c"}; isotonic {"logit": [...],
            "probability": [...]}; per_label {"labels": [{"method", "parameters"}, ...]}.
        n: cases it was fitted on.
        fitted_on: which part of the data.
        log_loss: candidate to its cross-validated log loss (nats per case), for the report.
    """

    method: str
    task: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    n: int = 0
    fitted_on: str = "validation"
    log_loss: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in ``model.json``."""
        return {
            "method": self.method,
            "task": self.task,
            "parameters": dict(self.parameters),
            "n": self.n,
            "fitted_on": self.fitted_on,
            "log_loss": dict(self.log_loss),
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Calibration:
        """The calibration that `as_json` wrote.

        Raises:
            StudyMismatch: a field is missing or the method unknown.
        """
        method = form.get("method")
        if method not in (*METHODS, "per_label") or "task" not in form:
            raise StudyMismatch(f"model.json holds a calibration that this version does not know: {method!r}")
        names = ("method", "task", "parameters", "n", "fitted_on", "log_loss")
        return cls(**{name: form[name] for name in names if name in form})


def apply(calibration: Calibration, logits: NDArray[Any]) -> Array:
    """Calibrated probabilities.

    Args:
        calibration: how.
        logits: (n, K); binary: K = 2, of which only the difference counts.

    Returns:
        (n, K) float64 in 0..1; rows sum to 1 except for multi-label.

    Raises:
        UsageError: `logits` has another shape or holds values that are not finite.
    """
    logits = checked_logits(logits, calibration.task)
    if calibration.task == "multilabel":
        return _apply_per_label(calibration, logits)
    if calibration.task == "binary":
        second = apply_binary(calibration.method, calibration.parameters, logits[:, 1] - logits[:, 0])
        return np.column_stack([1 - second, second])
    return softmax(scaled(calibration.method, calibration.parameters, logits))


def checked_logits(logits: NDArray[Any], task: str) -> Array:
    """`logits` as float64 (n, K).

    Raises:
        UsageError: the shape does not fit the task, or a value is not finite.
    """
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim != 2 or (task == "binary" and logits.shape[1] != 2):
        raise UsageError(f"{task} logits must be (n, {2 if task == 'binary' else 'K'}), not {logits.shape}")
    if not np.isfinite(logits).all():
        raise UsageError(
            f"{int((~np.isfinite(logits)).any(axis=1).sum())} of {len(logits)} rows of logits are not finite"
        )
    return logits


def apply_binary(method: str, parameters: Mapping[str, Any], logit: Array) -> Array:
    """Probability (n,) of the second class from the logit difference (n,)."""
    return np.clip(_BINARY[method](parameters, logit), EDGE, 1 - EDGE)


def scaled(method: str, parameters: Mapping[str, Any], logits: Array) -> Array:
    """Logits (n, K) of more than two classes after temperature or vector scaling.

    Vector scaling is not blind to a constant added to a row as the softmax is, so rows are centred first.
    """
    centred = logits - logits.mean(axis=1, keepdims=True)
    if method == "temperature":
        return centred / parameters["temperature"]
    if method == "platt":
        return centred * np.asarray(parameters["slope"]) + np.asarray(parameters["intercept"])
    return centred


def softmax(logits: Array) -> Array:
    """Rows of probabilities that sum to 1; stable for any finite logits."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def sigmoid(logit: Array) -> Array:
    """Logistic function, stable for any finite value."""
    small = np.exp(-np.abs(logit))
    return np.where(logit >= 0, 1 / (1 + small), small / (1 + small))


def log_sigmoid(logit: Array) -> Array:
    """log(sigmoid(logit)), stable for any finite value."""
    return -np.logaddexp(0.0, -logit)


def _apply_per_label(calibration: Calibration, logits: Array) -> Array:
    labels = calibration.parameters.get("labels") or [{"method": "none", "parameters": {}}] * logits.shape[1]
    if len(labels) != logits.shape[1]:
        raise UsageError(f"the calibration knows {len(labels)} labels, the logits hold {logits.shape[1]}")
    columns = [apply_binary(one["method"], one["parameters"], logits[:, k]) for k, one in enumerate(labels)]
    return np.column_stack(columns)


def _beta(parameters: Mapping[str, Any], logit: Array) -> Array:
    return sigmoid(
        parameters["a"] * log_sigmoid(logit) - parameters["b"] * log_sigmoid(-logit) + parameters["c"]
    )


_BINARY: dict[str, Callable[[Mapping[str, Any], Array], Array]] = {
    "none": lambda _, logit: sigmoid(logit),
    "temperature": lambda p, logit: sigmoid(logit / p["temperature"]),
    "platt": lambda p, logit: sigmoid(p["slope"] * logit + p["intercept"]),
    "beta": _beta,
    "isotonic": lambda p, logit: np.interp(logit, p["logit"], p["probability"]),
}
