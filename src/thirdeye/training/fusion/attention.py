"""Attention-based multiple-instance pooling over the features of a case's images (Ilse et al., ICML 2018)."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from thirdeye.training.adamw import AdamW

Array = NDArray[np.float32]
DIRECTIONS = 48  # features are projected on so many
WIDTH = 16
STEPS = 250
RATE, DECAY, DROPOUT = 5e-3, 0.05, 0.25


class _Gated(nn.Module):
    """Gated attention (equation 9) and a linear decision."""

    def __init__(self, n_inputs: int, n_outputs: int) -> None:
        super().__init__()
        self.v, self.u = nn.Linear(n_inputs, WIDTH), nn.Linear(n_inputs, WIDTH)
        self.w = nn.Linear(WIDTH, 1, bias=False)
        self.head = nn.Linear(n_inputs, n_outputs)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        nn.init.zeros_(self.w.weight)  # every image counts alike at first

    def forward(self, z: torch.Tensor, of_image: torch.Tensor, n_cases: int) -> torch.Tensor:
        """(C, K) from (n, P)."""
        score = self.w(torch.tanh(self.v(z)) * torch.sigmoid(self.u(z)))[:, 0]
        raised = torch.exp(score - score.max().detach())
        total = torch.zeros(n_cases).index_add(0, of_image, raised)
        share = raised / total[of_image]
        pooled = torch.zeros(n_cases, z.shape[1]).index_add(0, of_image, share[:, None] * z)
        logits: torch.Tensor = self.head(functional.dropout(pooled, DROPOUT, self.training))
        return logits


def fit_attention(
    features: NDArray[np.float32],
    of_image: NDArray[np.integer],
    labels: NDArray[np.integer],
    *,
    n_outputs: int,
    task: str,
    seed: int,
    columns: NDArray[np.int64],
) -> dict[str, Array]:
    """Attention and head, fitted by AdamW over all cases at once.

    Args:
        features: (n, all) of the images to learn from.
        of_image: (n,) case of each, 0 to C - 1.
        labels: (C,) class index, or (C, K) of 0 and 1 for "multilabel".
        n_outputs: K.
        task: as in `Plan`.
        seed: of everything random.
        columns: features to use.

    Returns:
        "mean" (F,), "basis" (F, P), "v" and "u" (D, P) with "v_bias" and "u_bias" (D,), "w" (D,), "head"
        (K, P) and "bias" (K,): features less the mean, times the basis, are what is attended to.
    """
    used = np.asarray(features[:, columns], np.float32)
    mean, basis = _basis(used, seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _fitted(torch.from_numpy((used - mean) @ basis), of_image, labels, n_outputs, task)
    parts = {name: value.detach().numpy().astype(np.float32) for name, value in network.named_parameters()}
    return {
        "mean": mean, "basis": basis, "v": parts["v.weight"], "v_bias": parts["v.bias"],
        "u": parts["u.weight"], "u_bias": parts["u.bias"], "w": parts["w.weight"][0],
        "head": parts["head.weight"], "bias": parts["head.bias"],
    }  # fmt: skip


def _basis(features: NDArray[np.float32], seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean (F,) and directions (F, P) of the largest spread, each scaled to a spread of 1."""
    mean = features.mean(axis=0)
    count = max(1, min(DIRECTIONS, *features.shape, len(features) - 1))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        _, _, found = torch.pca_lowrank(torch.from_numpy(features - mean), q=count, center=False)
    directions = found.numpy()
    spread = ((features - mean) @ directions).std(axis=0) + 1e-6
    return mean, np.asarray(directions / spread, np.float32)


def _fitted(
    z: torch.Tensor, of_image: NDArray[np.integer], labels: NDArray[np.integer], n_outputs: int, task: str
) -> _Gated:
    network = _Gated(z.shape[1], n_outputs)
    where, truth = torch.from_numpy(np.asarray(of_image, np.int64)), torch.from_numpy(np.asarray(labels))
    optimiser = AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        optimiser.param_groups[0]["lr"] = RATE * (1 + math.cos(math.pi * step / STEPS)) / 2
        optimiser.zero_grad()
        logits = network(z, where, len(truth))
        if task == "multilabel":
            loss = functional.binary_cross_entropy_with_logits(logits, truth.float())
        else:
            loss = functional.cross_entropy(logits, truth)
        loss.backward()
        optimiser.step()
    return network.eval()
