"""A network learnt from random patches, and the risk map that it makes of a whole volume."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thirdeye.training.volumes.patches import GREY, patches_of_a_round

if TYPE_CHECKING:
    import torch

    from thirdeye.model.architectures.volume_risk import RiskShape

Bytes = NDArray[np.uint8]
Maps = NDArray[np.float32]


@dataclass(frozen=True)
class PatchSetting:
    """How the network learns.

    Args:
        rounds: in each, every volume gives one patch.
        rate, momentum: of Adam; the momentum is its first beta.
        batch: patches of one step.
        seed: of everything random.
        deadline: `time.monotonic()` by which it ends.
    """

    rounds: int
    rate: float
    momentum: float
    batch: int
    seed: int
    deadline: float


def learn_patches(
    volumes: Bytes, labels: NDArray[np.integer], shape: RiskShape, setting: PatchSetting
) -> tuple[torch.nn.Module, int]:
    """A network in evaluation mode, and the rounds that the time allowed; classes are weighted to balance.

    Args:
        volumes: (n, D, H, W) bytes.
        labels: (n,) class index.
        shape: of the network.
        setting: how.
    """
    import torch

    from thirdeye.model.architectures.volume_risk import RiskNetwork

    torch.manual_seed(setting.seed)
    rng = np.random.default_rng(setting.seed)
    network = RiskNetwork(shape).train()
    counts = np.bincount(labels, minlength=shape.classes).clip(1)
    weights = torch.as_tensor(len(labels) / (shape.classes * counts), dtype=torch.float32)
    optimiser = torch.optim.Adam(network.parameters(), setting.rate, betas=(setting.momentum, 0.999))
    done = 0
    while done < setting.rounds and (time.monotonic() < setting.deadline or done == 0):
        for chosen, patches in patches_of_a_round(volumes, shape.patch, setting.batch, rng):
            optimiser.zero_grad()
            logits = network(torch.as_tensor(patches))[:, :, 0, 0, 0]
            target = torch.as_tensor(labels[chosen])
            torch.nn.functional.cross_entropy(logits, target, weight=weights).backward()
            optimiser.step()
        done += 1
    return network.eval(), done


def margin_of(patch: int) -> int:
    """Voxels of background around a volume, so that a patch may stand on its every voxel."""
    return (patch - 1) // 2


def risk_maps(run: Callable[[Maps], Maps], volumes: Bytes, patch: int) -> Maps:
    """(n, d, h, w): probability of the second class around every fourth voxel, from 0 to 1.

    Args:
        run: of `running`.
        volumes: (n, D, H, W) bytes.
        patch: side of a patch in voxels.
    """
    around = margin_of(patch)
    maps = []
    for volume in volumes:
        padded = np.pad(GREY.values(volume), around, constant_values=GREY.low)
        logits = run(padded[None, None])[0].astype(np.float64)
        maps.append(1 / (1 + np.exp(np.clip(logits[0] - logits[1], -50, 50))))
    return np.asarray(maps, dtype=np.float32)
