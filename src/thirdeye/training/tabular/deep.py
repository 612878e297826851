"""A network of a table: sigmoid layers with dropout, one head for the class and one for each score.

Several answers are learnt together: what is common to the diagnosis and to clinical scores shapes the layers.
Reading needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.training.tabular.rbm import Array, Layer

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class DeepTable:
    """A learnt network.

    Args:
        layers: hidden ones, in their order.
        heads: "class" to its (H, K) linear layer, each score to its (H, 1) one.
        scale: score to its mean and spread, with which it was learnt.
    """

    layers: tuple[Layer, ...]
    heads: Mapping[str, Layer]
    scale: Mapping[str, tuple[float, float]]

    def features(self, visible: Array) -> Array:
        """(n, H) what the last hidden layer makes of (n, D) values."""
        for layer in self.layers:
            visible = layer.up(visible)
        return visible

    def logits(self, visible: Array) -> Array:
        """(n, K) of the classes."""
        head = self.heads["class"]
        return self.features(visible) @ head.weights + head.bias

    def score(self, name: str, visible: Array) -> Array:
        """(n,) of one of the scores, in its own unit."""
        head, (middle, spread) = self.heads[name], self.scale[name]
        return ((self.features(visible) @ head.weights + head.bias) * spread + middle)[:, 0]


@dataclass(frozen=True)
class DeepSetting:
    """How a network is learnt.

    Args:
        epochs: passes.
        rate: of learning, at first; each weight has its own, which falls as it is moved (Adagrad).
        batch: cases of one step.
        dropout: share of the inputs, and of the hidden units of each layer, that are left out in learning.
        score_weight: of the squared error of each score beside the cross-entropy of the class.
        seed: of everything random.
    """

    epochs: int
    rate: float
    batch: int
    dropout: tuple[float, float]
    score_weight: float
    seed: int


def fine_tuned(
    visible: Array,
    labels: NDArray[np.integer],
    scores: Mapping[str, NDArray[np.floating]],
    first: Sequence[Layer],
    setting: DeepSetting,
    *,
    n_classes: int,
) -> DeepTable:
    """The layers of `first` learnt on with all answers together; classes are weighted to balance.

    Args:
        visible: (n, D) from 0 to 1.
        labels: (n,) class index.
        scores: name to (n,) numbers, NaN where one is not known.
        first: hidden layers to start from.
        setting: how.
        n_classes: K.

    Raises:
        UsageError: a dropout outside 0 to 1.
    """
    import torch

    if not all(0 <= share < 1 for share in setting.dropout):
        raise UsageError(f"dropout is a share from 0 to below 1, got {setting.dropout}")
    generator = torch.Generator().manual_seed(setting.seed)
    known = {name: values for name, values in scores.items() if np.isfinite(values).sum() > 1}
    scale = {name: (float(np.nanmean(v)), float(np.nanstd(v)) or 1.0) for name, v in known.items()}
    weights = _parameters(first, {"class": n_classes, **dict.fromkeys(known, 1)}, generator)
    counts = np.bincount(labels, minlength=n_classes).clip(1)
    goal = _Goal(
        torch.as_tensor(labels.astype(np.int64)),
        {name: torch.as_tensor((known[name] - scale[name][0]) / scale[name][1]) for name in known},
        torch.as_tensor(len(labels) / (n_classes * counts)),
        setting.score_weight,
    )
    _descend(torch.as_tensor(visible), goal, weights, len(first), setting, generator)
    plain = {name: (w.detach().numpy(), b.detach().numpy()) for name, (w, b) in weights.items()}
    layers = tuple(Layer(*plain[str(number)]) for number in range(len(first)))
    return DeepTable(layers, {name: Layer(*plain[name]) for name in ("class", *known)}, scale)


@dataclass(frozen=True)
class _Goal:
    """What is to be learnt."""

    labels: torch.Tensor
    scores: Mapping[str, torch.Tensor]
    class_weights: torch.Tensor
    score_weight: float

    def loss(self, heads: Mapping[str, torch.Tensor], rows: torch.Tensor) -> torch.Tensor:
        from torch.nn.functional import cross_entropy

        total = cross_entropy(heads["class"], self.labels[rows], weight=self.class_weights)
        for name, values in self.scores.items():
            told = values[rows].isfinite()
            if told.any():
                total = (
                    total + self.score_weight * (heads[name][told, 0] - values[rows][told]).square().mean()
                )
        return total


_Weights = dict[str, tuple[Any, Any]]


def _parameters(first: Sequence[Layer], heads: Mapping[str, int], generator: torch.Generator) -> _Weights:
    import torch

    found: _Weights = {
        str(number): (torch.tensor(layer.weights), torch.tensor(layer.bias))
        for number, layer in enumerate(first)
    }
    width = first[-1].weights.shape[1]
    for name, k in heads.items():
        drawn = torch.randn(width, k, generator=generator, dtype=torch.float64) / width**0.5
        found[name] = (drawn, torch.zeros(k, dtype=torch.float64))
    return {name: (w.requires_grad_(), b.requires_grad_()) for name, (w, b) in found.items()}


def _descend(
    visible: torch.Tensor, goal: _Goal, weights: _Weights, depth: int, setting: DeepSetting,
    generator: torch.Generator,
) -> None:  # fmt: skip
    """Gradient descent with a rate of its own for each weight (Duchi, Hazan and Singer 2011)."""
    import torch

    optimiser = torch.optim.Adagrad([one for pair in weights.values() for one in pair], setting.rate)
    for _ in range(setting.epochs):
        for rows in torch.randperm(len(visible), generator=generator).split(setting.batch):
            optimiser.zero_grad()
            loss = goal.loss(_forward(visible[rows], weights, depth, setting.dropout, generator), rows)
            loss.backward()
            optimiser.step()


def _forward(
    values: torch.Tensor,
    weights: _Weights,
    depth: int,
    dropout: tuple[float, float],
    generator: torch.Generator,
) -> dict[str, torch.Tensor]:
    values = dropped(values, dropout[0], generator)
    for number in range(depth):
        w, b = weights[str(number)]
        values = dropped((values @ w + b).sigmoid(), dropout[1], generator)
    return {name: values @ w + b for name, (w, b) in weights.items() if not name.isdigit()}


def dropped(values: torch.Tensor, share: float, generator: torch.Generator) -> torch.Tensor:
    """Values with this share set to 0; what stays is enlarged, so that reading needs no scaling."""
    import torch

    if share == 0:
        return values
    kept = torch.rand(values.shape, generator=generator, dtype=values.dtype) >= share
    return values * kept / (1 - share)
