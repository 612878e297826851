"""The plain network of whole volumes that a system of patches is compared with: learnt, exported, asked.

After the baseline of Qiu et al., Brain 2020;143:1920-1933. The pass with the least cross-entropy on cases
that are not learnt from is kept.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.volumes.patches import GREY
from thirdeye.training.volumes.risk import Bytes, Maps

if TYPE_CHECKING:
    import torch

    from thirdeye.model.architectures.volume_risk import RiskShape

READING_BATCH = 8


@dataclass(frozen=True)
class WholeSetting:
    """How the network learns.

    Args:
        epochs: passes over all volumes.
        rate, momentum: of Adam; the momentum is its first beta.
        batch: volumes of one step.
        seed: of everything random.
        deadline: `time.monotonic()` after which no further pass begins.
    """

    epochs: int
    rate: float
    momentum: float
    batch: int
    seed: int
    deadline: float


def learn_whole(
    volumes: Bytes, labels: NDArray[np.integer], held: tuple[Bytes, NDArray[np.integer]], shape: RiskShape,
    setting: WholeSetting,
) -> tuple[torch.nn.Module, int]:  # fmt: skip
    """A network in evaluation mode, and the passes that the time allowed; classes are weighted to balance.

    Args:
        volumes: (n, D, H, W) bytes.
        labels: (n,) class index.
        held: volumes and classes of cases that choose the pass and are not learnt from.
        shape: of the network; its side is not used.
        setting: how.
    """
    import torch

    from thirdeye.model.architectures.volume_risk import WholeNetwork

    torch.manual_seed(setting.seed)
    rng = np.random.default_rng(setting.seed)
    d, h, w = (int(side) for side in volumes.shape[1:])
    network = WholeNetwork((d, h, w), shape)
    counts = np.bincount(labels, minlength=shape.classes).clip(1)
    weights = torch.as_tensor(len(labels) / (shape.classes * counts), dtype=torch.float32)
    optimiser = torch.optim.Adam(network.parameters(), setting.rate, betas=(setting.momentum, 0.999))
    best, lowest, done = copy.deepcopy(network.state_dict()), float("inf"), 0
    while done < setting.epochs and (time.monotonic() < setting.deadline or done == 0):
        network.train()
        order = rng.permutation(len(volumes))
        for start in range(0, len(order), setting.batch):
            chosen = order[start : start + setting.batch]
            if len(chosen) == 1 and len(order) > 1:
                continue  # it has no spread to be normalised by
            optimiser.zero_grad()
            target = torch.as_tensor(labels[chosen])
            logits = network(_tensor(volumes[chosen]))
            torch.nn.functional.cross_entropy(logits, target, weight=weights).backward()
            optimiser.step()
        done += 1
        cost = _cost(network, *held)
        if cost < lowest:
            best, lowest = copy.deepcopy(network.state_dict()), cost
    network.load_state_dict(best)
    return network.eval(), done


def whole_logits(run: Callable[[Maps], Maps], volumes: Bytes) -> NDArray[np.float64]:
    """(n, K) of volumes (n, D, H, W) in bytes.

    Args:
        run: float32 (B, 1, D, H, W) to (B, K).
        volumes: of the sides that were learnt from.
    """
    parts = [
        run(GREY.values(volumes[start : start + READING_BATCH])[:, None])
        for start in range(0, len(volumes), READING_BATCH)
    ]
    return np.concatenate(parts).astype(np.float64)


def _cost(network: torch.nn.Module, volumes: Bytes, labels: NDArray[np.integer]) -> float:
    """Cross-entropy."""
    import torch

    network.eval()
    with torch.inference_mode():
        said = whole_logits(lambda batch: network(torch.as_tensor(batch)).numpy(), volumes)
    shifted = said - said.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(labels)), labels]
    return float((np.log(np.exp(shifted).sum(axis=1)) - chosen).mean())


def _tensor(volumes: Bytes) -> torch.Tensor:
    """(B, 1, D, H, W)."""
    import torch

    return torch.as_tensor(GREY.values(volumes)[:, None])
