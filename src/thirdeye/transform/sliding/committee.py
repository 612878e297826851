"""Several networks and several views of the same tile, averaged as probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Engine = Callable[[Array], Array]
UPRIGHT = "upright"
# name: quarter turns, then whether it is mirrored
DIHEDRAL: dict[str, tuple[int, bool]] = {
    UPRIGHT: (0, False),
    "turned_90": (1, False),
    "turned_180": (2, False),
    "turned_270": (3, False),
    "mirrored": (0, True),
    "mirrored_turned_90": (1, True),
    "mirrored_turned_180": (2, True),
    "mirrored_turned_270": (3, True),
}


class Committee:
    """Members and views with one vote each.

    Args:
        engines: each (1, C, h, w) float32 to logits (1, K, rows, columns).
        views: names in `DIHEDRAL`.
    """

    def __init__(self, engines: Sequence[Engine], views: Sequence[str] = (UPRIGHT,)) -> None:
        self.engines, self.views = tuple(engines), tuple(views)

    def run(self, tile: Array) -> Array:
        """Mean probabilities (K, rows, columns) of a tile (1, C, h, w)."""
        votes = [
            _back(softmax(engine(np.ascontiguousarray(_seen(tile, *DIHEDRAL[view])))[0]), *DIHEDRAL[view])
            for view in self.views
            for engine in self.engines
        ]
        return np.asarray(sum(votes) / np.float32(len(votes)), np.float32)


def softmax(logits: Array) -> Array:
    """Logits (K, ...) to probabilities."""
    powers = np.exp(logits - logits.max(axis=0, keepdims=True))
    return np.asarray(powers / powers.sum(axis=0, keepdims=True), np.float32)


def _seen(tile: Array, turns: int, flipped: bool) -> Array:
    turned = np.rot90(tile, turns, axes=(-2, -1))
    return turned[..., ::-1] if flipped else turned


def _back(answer: Array, turns: int, flipped: bool) -> Array:
    straight = answer[..., ::-1] if flipped else answer
    return np.rot90(straight, -turns, axes=(-2, -1))
