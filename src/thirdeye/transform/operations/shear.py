"""Slant along x."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Shear:
    """An angle drawn evenly from -`strength` to `strength` degrees."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The angle in degrees."""
        return {"degrees": float(rng.uniform(-strength, strength))}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Shear of x by y."""
        slope = math.tan(math.radians(drawn["degrees"]))
        return np.array([[1.0, slope, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


operations.register("shear")(Shear())
