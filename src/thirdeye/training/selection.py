"""The figure by which stages are compared, on validation data only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass import auc_macro, one_hot

LARGEST = 500.0  # logit beyond which a sigmoid is 0 or 1 to the last digit


@dataclass(frozen=True)
class Truth:
    """What is known of the validation cases.

    Args:
        labels: (n,) class indices, or (n, K) of 0 and 1.
        classes: names in output order.
        positive: index of the positive class (binary), else None.
        clusters: (n,) patients.
        task: as in `Plan`.
    """

    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    positive: int | None
    clusters: NDArray[np.str_]
    task: str

    def at(self, rows: NDArray[np.int64]) -> Truth:
        """The same for some of the cases."""
        return Truth(self.labels[rows], self.classes, self.positive, self.clusters[rows], self.task)


def figure(logits: NDArray[np.floating], truth: Truth) -> Metric:
    """AUC (binary) or macro AUC (otherwise), with its interval clustered by patient.

    Args:
        logits: (n, K), finite.
        truth: of the same cases.
    """
    if truth.positive is not None:
        score = logits[:, truth.positive] - logits[:, 1 - truth.positive]
        return auc(truth.labels == truth.positive, score, clusters=truth.clusters)
    membership = (
        truth.labels.astype(bool) if truth.task == "multilabel" else one_hot(truth.labels, len(truth.classes))
    )
    return auc_macro(
        membership, probabilities(logits, truth.task), classes=list(truth.classes), clusters=truth.clusters
    )


def probabilities(logits: NDArray[np.floating], task: str) -> NDArray[np.float64]:
    """Uncalibrated probabilities (n, K): softmax, or a sigmoid per label."""
    wide = logits.astype(np.float64)
    if task == "multilabel":
        return np.asarray(1 / (1 + np.exp(-wide.clip(-LARGEST, LARGEST))))
    wide = np.exp(wide - wide.max(axis=1, keepdims=True))
    return wide / wide.sum(axis=1, keepdims=True)


def log_loss(logits: NDArray[np.floating], truth: Truth) -> float:
    """Mean negative log likelihood in nats; for multi-label, summed over labels."""
    p = probabilities(logits, truth.task).clip(1e-7, 1 - 1e-7)
    if truth.task == "multilabel":
        return float(-(truth.labels * np.log(p) + (1 - truth.labels) * np.log(1 - p)).sum(axis=1).mean())
    return float(-np.log(p[np.arange(len(p)), truth.labels]).mean())


def better(new: NDArray[np.floating], old: NDArray[np.floating], truth: Truth) -> bool:
    """Whether `new` ranks the cases better than `old`; where one is missing, whether its loss is lower."""
    figures = figure(new, truth).value, figure(old, truth).value
    if figures[0] is None or figures[1] is None:
        return log_loss(new, truth) < log_loss(old, truth)
    return figures[0] > figures[1]


def scaled_to_likelihood(logits: NDArray[np.float32], truth: Truth) -> float:
    """The factor on the logits under which the labels are most likely (inverse temperature), 0.1 to 10."""
    factors = np.exp(np.linspace(np.log(0.1), np.log(10), 61))
    return float(factors[int(np.argmin([log_loss(logits * factor, truth) for factor in factors]))])
