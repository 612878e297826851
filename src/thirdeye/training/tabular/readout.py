"""A small perceptron of a few hundred numbers: one hidden layer of leaky units, dropout; read without
torch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.tabular.deep import dropped
from thirdeye.training.tabular.rbm import Array

if TYPE_CHECKING:
    import torch

SLOPE = 0.01


@dataclass(frozen=True)
class Readout:
    """Two linear layers on standardised numbers.

    Args:
        middle, spread: (D,) of the numbers; `middle` also stands where one is missing.
        first, first_bias, last, last_bias: (D, H), (H,), (H, K), (K,).
    """

    middle: Array
    spread: Array
    first: Array
    first_bias: Array
    last: Array
    last_bias: Array

    def logits(self, values: NDArray[np.floating]) -> Array:
        """(n, K) of (n, D) numbers, NaN where one is missing."""
        unit = (np.where(np.isfinite(values), values, self.middle) - self.middle) / self.spread
        hidden = unit @ self.first + self.first_bias
        return np.where(hidden > 0, hidden, SLOPE * hidden) @ self.last + self.last_bias


@dataclass(frozen=True)
class ReadoutSetting:
    """How it learns: hidden units, passes, rate of Adam, cases of a step, dropout (share of both layers),
    seed."""

    hidden: int
    epochs: int
    rate: float
    batch: int
    dropout: float
    seed: int


def learn_readout(
    values: NDArray[np.floating],
    labels: NDArray[np.integer],
    judged: tuple[NDArray[np.floating], NDArray[np.integer]],
    setting: ReadoutSetting,
    *,
    n_classes: int,
) -> Readout:
    """The perceptron of the pass that judged cases liked best; classes are weighted to balance.

    Args:
        values: (n, D) numbers, NaN where one is missing.
        labels: (n,) class index.
        judged: further cases, values and labels, that say when to stop.
        setting: how.
        n_classes: K.
    """
    import torch

    generator = torch.Generator().manual_seed(setting.seed)
    middle = np.nan_to_num(np.nanmean(values, axis=0))
    filled = np.where(np.isfinite(values), values, middle)
    spread = np.where(filled.std(axis=0) > 1e-6, filled.std(axis=0), 1.0)
    unit = torch.as_tensor((filled - middle) / spread)
    sides = (values.shape[1], setting.hidden, n_classes)
    parts = [
        torch.randn(a, b, generator=generator, dtype=torch.float64) * (2 / a) ** 0.5
        for a, b in pairwise(sides)
    ]
    weights = [parts[0], torch.zeros(sides[1]).double(), parts[1], torch.zeros(sides[2]).double()]
    for one in weights:
        one.requires_grad_()
    counts = np.bincount(labels, minlength=n_classes).clip(1)
    balance = torch.as_tensor(len(labels) / (n_classes * counts))
    optimiser = torch.optim.Adam(weights, setting.rate)
    best, lowest = _readout(middle, spread, weights), np.inf
    for _ in range(setting.epochs):
        for rows in torch.randperm(len(unit), generator=generator).split(setting.batch):
            optimiser.zero_grad()
            seen = dropped(unit[rows], setting.dropout, generator) @ weights[0] + weights[1]
            hidden = dropped(torch.nn.functional.leaky_relu(seen, SLOPE), setting.dropout, generator)
            target = torch.as_tensor(labels[rows.numpy()].astype(np.int64))
            loss = torch.nn.functional.cross_entropy(hidden @ weights[2] + weights[3], target, weight=balance)
            loss.backward()
            optimiser.step()
        now = _readout(middle, spread, weights)
        if (lost := mean_loss(now.logits(judged[0]), judged[1])) < lowest:
            best, lowest = now, lost
    return best


def mean_loss(logits: Array, labels: NDArray[np.integer]) -> float:
    """Mean cross-entropy of (n, K) logits, each class counted alike."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    each = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    return float(np.mean([each[labels == one].mean() for one in np.unique(labels)]))


def _readout(middle: Array, spread: Array, weights: list[torch.Tensor]) -> Readout:
    return Readout(middle, spread, *(one.detach().numpy().copy() for one in weights))
