"""How the learning rate moves: a short rise, then half a cosine down to zero; or as a recipe published it."""

from __future__ import annotations

import math

WARMUP_SHARE = 0.1


def rate_factor(step: int, total_steps: int, schedule: str = "cosine", steps_per_epoch: int = 1) -> float:
    """Factor on the peak rate at a step.

    Args:
        step: 0 to `total_steps` - 1.
        total_steps: of the whole training.
        schedule: as in `Plan`.
        steps_per_epoch: steps of one pass over the images.
    """
    if schedule == "constant":
        return 1.0
    if schedule.startswith("steps:"):
        _, epochs, factor = schedule.split(":")
        return float(float(factor) ** (step // (steps_per_epoch * int(epochs))))
    warmup = max(1, int(WARMUP_SHARE * total_steps))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total_steps - warmup)))
