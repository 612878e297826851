"""Turn by a small angle."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Rotate:
    """An angle drawn evenly from -`strength` to `strength` degrees."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The angle in degrees."""
        return {"degrees": float(rng.uniform(-strength, strength))}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Rotation."""
        angle = math.radians(drawn["degrees"])
        cos, sin = math.cos(angle), math.sin(angle)
        return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


operations.register("rotate")(Rotate())
