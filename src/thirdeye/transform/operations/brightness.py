"""Add a constant to every grey value."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Brightness:
    """An offset drawn evenly from -`strength` to `strength` (1 is the full range)."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The offset."""
        return {"offset": float(rng.uniform(-strength, strength))}

    def curve(self, values: NDArray[np.float64], drawn: Drawn) -> NDArray[np.float64]:
        """Shifted values."""
        return values + drawn["offset"]


operations.register("brightness")(Brightness())
