"""Rules that plans of boxes and of points share: which optimiser moves the weights, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLAIN_RATE, PLAIN_DECAY = 0.01, 5e-4  # of gradient descent with momentum


def optimiser(facts: object, decided: Mapping[str, Any]) -> tuple[str, str]:
    """AdamW."""
    return "adamw", "needs the least tuning of its rate"


def schedule(facts: object, decided: Mapping[str, Any]) -> tuple[str, str]:
    """Warm-up and cosine."""
    return "cosine", "ends at a rate of zero whatever the number of rounds"


def weight_decay(facts: object, decided: Mapping[str, Any]) -> tuple[float, str]:
    """AdamW takes it off the weights, the others add it to the slope."""
    if decided["optimiser"] != "adamw":
        return PLAIN_DECAY, "usual where it is part of the slope"
    return 0.01, "mild: augmentation regularises more"


def peak_rate(decided: Mapping[str, Any], usual: float, rise: str) -> tuple[float, str]:
    """The rate, and how it moves where that is the usual way.

    Args:
        decided: with "optimiser" and "schedule".
        usual: of AdamW.
        rise: how long it rises under the cosine, in words.
    """
    if decided["optimiser"] == "sgd":
        return PLAIN_RATE, "usual for gradient descent with momentum, which needs larger rates than AdamW"
    if decided["schedule"] != "cosine":
        return usual, f"at its highest; it moves as schedule={decided['schedule']} says"
    return usual, f"rises for {rise}, then falls by half a cosine"
