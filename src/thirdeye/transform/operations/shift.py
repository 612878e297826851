"""Move in the plane."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Shift:
    """Along each axis evenly from -`strength` to `strength`, in fractions of the side."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Fractions of the side."""
        x, y = rng.uniform(-strength, strength, 2)
        return {"x": float(x), "y": float(y)}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Translation; the square is two units wide."""
        return np.array([[1.0, 0.0, 2 * drawn["x"]], [0.0, 1.0, 2 * drawn["y"]], [0.0, 0.0, 1.0]])


operations.register("shift")(Shift())
