"""Turn by 0, 90, 180 or 270 degrees: for subjects without an upright position."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations

_TURNS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))  # cosine, sine


class QuarterTurn:
    """A turn with probability `strength`, each of the four equally likely then."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Number of quarter turns."""
        turns = int(rng.integers(4))
        return {"turns": turns if rng.random() < strength else 0}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Rotation."""
        cos, sin = _TURNS[drawn["turns"]]
        return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


operations.register("quarter_turn")(QuarterTurn())
