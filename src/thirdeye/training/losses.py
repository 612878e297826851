"""What training minimises, by task."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def soft_targets(labels: Tensor, *, n_outputs: int, task: str, smoothing: float) -> Tensor:
    """Targets (B, K) as probabilities.

    Args:
        labels: (B,) class indices, or (B, K) of 0 and 1 for "multilabel".
        n_outputs: K.
        task: as in `Plan`.
        smoothing: share of the probability that is spread: evenly over the classes; for "ordinal" over the
            neighbouring grades only.
    """
    if task == "multilabel":
        return labels.float() * (1 - smoothing) + smoothing / 2
    hard = F.one_hot(labels, n_outputs).float()
    if task != "ordinal":
        return hard * (1 - smoothing) + smoothing / n_outputs
    near = torch.zeros_like(hard)
    near[:, 1:] += hard[:, :-1]
    near[:, :-1] += hard[:, 1:]
    return hard * (1 - smoothing) + near / near.sum(dim=1, keepdim=True).clamp(min=1) * smoothing


def loss(logits: Tensor, targets: Tensor, *, task: str, class_weights: Tensor | None) -> Tensor:
    """Mean cross-entropy against soft targets (multi-label: binary cross-entropy per label).

    Args:
        logits, targets: (B, K).
        task: as in `Plan`.
        class_weights: (K,) factors on the classes, mean 1; None for equal ones.
    """
    if task == "multilabel":
        return F.binary_cross_entropy_with_logits(logits, targets, pos_weight=class_weights)
    per_class = -targets * F.log_softmax(logits, dim=1)
    if class_weights is not None:
        per_class = per_class * class_weights
    return per_class.sum(dim=1).mean()
