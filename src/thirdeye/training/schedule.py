"""How the learning rate moves: a short rise, then half a cosine down to zero; or as a recipe published it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

WARMUP_SHARE = 0.1
MOMENTUM = 0.9


def rate_factor(step: int, total_steps: int, schedule: str = "cosine", steps_per_epoch: int = 1) -> float:
    """Factor on the peak rate at a step.

    Args:
        step: 0 to `total_steps` - 1.
        total_steps: of the whole training.
        schedule: as in `Plan`; what a plateau takes off is `plateau_factor`'s.
        steps_per_epoch: steps of one pass over the images.
    """
    if schedule == "constant" or schedule.startswith("plateau:"):
        return 1.0
    if schedule.startswith("steps:"):
        _, epochs, factor = schedule.split(":")
        return float(float(factor) ** (step // (steps_per_epoch * int(epochs))))
    if schedule.startswith("linear:"):
        _, epochs, share = schedule.split(":")
        return max(float(share), 1 - (1 - float(share)) * step / (steps_per_epoch * int(epochs)))
    warmup = max(1, int(WARMUP_SHARE * total_steps))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total_steps - warmup)))


def momentum_at(optimiser: str, epoch: int) -> float:
    """Momentum of gradient descent in an epoch.

    Args:
        optimiser: as in `Plan`.
        epoch: 0 for the first.
    """
    name, *moving = optimiser.split(":")
    if name != "sgd" or not moving:
        return MOMENTUM
    first, last, epochs = (float(one) for one in moving)
    return first + (last - first) * min(1.0, epoch / epochs)


def plateau_factor(schedule: str, history: Sequence[dict[str, Any]]) -> float:
    """Factor on the rate of the epoch that comes next.

    Args:
        schedule: as in `Plan`; 1 for all but "plateau:EPOCHS:FACTOR".
        history: records of all epochs before, so that a resumed training goes on at the same rate.
    """
    if not schedule.startswith("plateau:"):
        return 1.0
    _, epochs, factor = schedule.split(":")
    lowest, since, falls = math.inf, 0, 0
    for record in history:
        loss = record["validation_loss"]
        since = 0 if loss < lowest else since + 1
        lowest = min(lowest, loss)
        if since >= int(epochs):
            falls, since = falls + 1, 0
    return float(factor) ** falls
