"""How the learning rate moves: a short rise, then half a cosine down to zero."""

from __future__ import annotations

import math

WARMUP_SHARE = 0.1


def rate_factor(step: int, total_steps: int) -> float:
    """Factor on the peak rate at a step.

    Args:
        step: 0 to `total_steps` - 1.
        total_steps: of the whole training.
    """
    warmup = max(1, int(WARMUP_SHARE * total_steps))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total_steps - warmup)))
