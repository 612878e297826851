"""How ill a class fits a case, from its probabilities: the scores that conformal prediction sets rest on.

Small is typical. A set holds every class whose score is at or below a threshold, so sets grow with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_numbers, check_probabilities

Array = NDArray[np.float64]
OWN = 0.5
RAPS_PENALTY = 0.05
RAPS_FREE = 1  # classes that cost nothing


def lac(probabilities: Array) -> Array:
    """1 - p: the smallest sets on average (Sadinle, Lei & Wasserman 2019, JASA 114:223); a set may be empty.

    Args:
        probabilities: (n, K).
    """
    return 1 - probabilities


def aps(probabilities: Array, *, own: float = OWN) -> Array:
    """Probability of the classes from the most probable one down to this one.

    Romano, Sesia & Candes 2020 (NeurIPS), without randomisation: the same case always gets the same set.
    Of the class itself the middle of the randomised score is counted. All of it would give the least
    probable class of every case a score of 1, and with few classes these ties fill the sets.

    Args:
        probabilities: (n, K).
        own: share of the class's own probability that counts, 0 to 1.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    ordered = np.take_along_axis(probabilities, order, axis=1)
    found = np.empty_like(ordered)
    np.put_along_axis(found, order, np.cumsum(ordered, axis=1) - (1 - own) * ordered, axis=1)
    return found


def raps(probabilities: Array, *, penalty: float = RAPS_PENALTY, free: int = RAPS_FREE) -> Array:
    """`aps` with a cost for every class beyond the first ones (Angelopoulos et al. 2021, ICLR).

    Args:
        probabilities: (n, K).
        penalty: cost of each further class, 0 or more.
        free: classes without a cost.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(order.shape[1]), order.shape), axis=1)
    return aps(probabilities) + penalty * np.maximum(place + 1 - free, 0)


def contiguous(probabilities: Array) -> Array:
    """Probability of the smallest run of ordered classes that grows from the most probable one to this one.

    It grows to the more probable neighbour, so every threshold gives an unbroken run of classes
    (Lu, Angelopoulos & Pomerantz 2022, MICCAI). Of the class itself half counts, as in `aps`.

    Args:
        probabilities: (n, K), columns in the order of the classes.
    """
    n, k = probabilities.shape
    rows = np.arange(n)
    low = high = probabilities.argmax(axis=1)
    mass = probabilities[rows, low]
    found = np.empty_like(probabilities)
    found[rows, low] = OWN * mass
    walled = np.pad(probabilities, ((0, 0), (1, 1)), constant_values=-1.0)  # beyond the ends is never taken
    for _ in range(k - 1):
        down = walled[rows, low] >= walled[rows, high + 2]
        taken = np.where(down, low - 1, high + 1)
        low, high = np.where(down, taken, low), np.where(down, high, taken)
        found[rows, taken] = mass + OWN * probabilities[rows, taken]
        mass = mass + probabilities[rows, taken]
    return found


SCORES: dict[str, Callable[[Array], Array]] = {
    "lac": lac,
    "aps": aps,
    "raps": partial(raps, penalty=RAPS_PENALTY, free=RAPS_FREE),
    "contiguous": contiguous,
}


def score_of(name: str, probabilities: Any) -> Array:
    """Scores (n, K) by name.

    Args:
        name: key of `SCORES`.
        probabilities: (n, K) from 0 to 1.

    Raises:
        UsageError: the name is unknown, or the probabilities are no table.
        DataRefused: a probability outside 0 to 1, or not finite.
    """
    if name not in SCORES:
        raise UsageError(f"no score is called '{name}'; there are {', '.join(SCORES)}")
    values = check_numbers("probabilities", probabilities)
    if values.ndim != 2:
        raise UsageError(f"probabilities: expected cases x classes, got an array of {values.shape}")
    check_probabilities(values.ravel(), values.size)
    return SCORES[name](values)
