"""Mirror left and right. Not for images in which the side is part of the diagnosis."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class FlipHorizontal:
    """Mirror with probability `strength` (0 to 1)."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Whether to mirror."""
        return {"flip": bool(rng.random() < strength)}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Negates x."""
        return np.diag([-1.0 if drawn["flip"] else 1.0, 1.0, 1.0])


operations.register("flip_horizontal")(FlipHorizontal())
