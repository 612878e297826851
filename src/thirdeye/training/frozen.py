"""The early honest number: a frozen pre-trained backbone, its features computed once, and a linear head."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.model.network import Network
from thirdeye.training.loop import to_tensor

STRENGTHS = (0.0003, 0.003, 0.03)
FEATURE_BATCH = 64
ABSENT = -10.0  # logit of a class of which there are no examples


@dataclass(frozen=True)
class Head:
    """A linear head on raw features.

    Args:
        weight: (K, C).
        bias: (K,).
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, K) of features (n, C)."""
        return (features @ self.weight.T + self.bias).astype(np.float32)


def pooled_features(
    network: Network,
    images: NDArray[np.uint8],
    *,
    flips: tuple[int, ...] = (),
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Globally averaged features (N, C) of all images (N, S, S, 3).

    Args:
        network: any; it is not changed.
        images: prepared images.
        flips: axes of (B, 3, S, S) along which to mirror first.
        progress: called with (done, total).
    """
    network.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(images), FEATURE_BATCH):
            batch = to_tensor(np.asarray(images[start : start + FEATURE_BATCH]))
            parts.append(network.pooled(batch.flip(flips) if flips else batch).numpy())
            if progress is not None:
                progress(min(start + FEATURE_BATCH, len(images)), len(images))
    return np.concatenate(parts)


def fit_head(
    features: NDArray[np.float32], labels: NDArray[np.int64], *, n_outputs: int, task: str, strength: float
) -> Head:
    """L2-penalised logistic regression on standardised features, expressed on the raw ones.

    Args:
        features: (n, C).
        labels: (n,) class indices, or (n, K) of 0 and 1 for "multilabel".
        n_outputs: K.
        task: as in `Plan`.
        strength: inverse of the penalty (scikit-learn's C).
    """
    mean, spread = features.mean(axis=0, dtype=np.float64), features.std(axis=0, dtype=np.float64) + 1e-6
    scaled = (features - mean) / spread
    if task == "multilabel":
        rows = [_binary_row(scaled, labels[:, k], strength) for k in range(n_outputs)]
        weight, bias = np.stack([row for row, _ in rows]), np.array([offset for _, offset in rows])
    else:
        weight, bias = _softmax_rows(scaled, labels, n_outputs, strength)
    weight = weight / spread
    return Head(weight, bias - weight @ mean)


def _binary_row(
    scaled: NDArray[np.float64], labels: NDArray[np.int64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Coefficients of one yes/no label; a label without both answers gets its smoothed log odds."""
    if labels.min() == labels.max():
        share = (labels.sum() + 0.5) / (len(labels) + 1)
        return np.zeros(scaled.shape[1]), float(np.log(share / (1 - share)))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=2000, tol=1e-3).fit(scaled, labels)
    return model.coef_[0], float(model.intercept_[0])


def _softmax_rows(
    scaled: NDArray[np.float64], labels: NDArray[np.int64], n_outputs: int, strength: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coefficients (K, C) and intercepts (K,); a class without examples here gets a very low intercept."""
    from sklearn.linear_model import LogisticRegression

    weight, bias = np.zeros((n_outputs, scaled.shape[1])), np.full(n_outputs, ABSENT)
    if labels.min() == labels.max():
        bias[labels[0]] = 0.0
        return weight, bias
    model = LogisticRegression(C=strength, max_iter=2000, tol=1e-3).fit(scaled, labels)
    if len(model.classes_) == 2:
        low, high = model.classes_
        weight[high], weight[low] = model.coef_[0] / 2, -model.coef_[0] / 2
        bias[high], bias[low] = model.intercept_[0] / 2, -model.intercept_[0] / 2
    else:
        weight[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return weight, bias


def mean_head(heads: list[Head]) -> Head:
    """The head whose logits are the mean of the given heads' logits."""
    return Head(
        np.mean([head.weight for head in heads], axis=0), np.mean([head.bias for head in heads], axis=0)
    )


def with_head(network: Network, head: Head) -> Network:
    """A copy of the network that ends in `head`."""
    result = copy.deepcopy(network)
    with torch.no_grad():
        result.head.weight.copy_(torch.from_numpy(head.weight))
        result.head.bias.copy_(torch.from_numpy(head.bias))
    return result.eval()
