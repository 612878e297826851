"""Turn by any angle and show the largest upright square that lies within the turned image.

Source: Esteva A et al., Nature 2017;542:115-118, methods. Nothing from outside the image comes into view.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class TurnInscribed:
    """An angle drawn evenly from -`strength` to `strength` degrees; what lies within fills the square."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The angle in degrees."""
        return {"degrees": float(rng.uniform(-strength, strength))}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Rotation, and enlargement by |cos| + |sin|: by at most 1.41, at 45 degrees."""
        angle = math.radians(drawn["degrees"])
        cos, sin = math.cos(angle), math.sin(angle)
        larger = abs(cos) + abs(sin)
        return np.array(
            [[larger * cos, -larger * sin, 0.0], [larger * sin, larger * cos, 0.0], [0.0, 0.0, 1.0]]
        )


operations.register("turn_inscribed")(TurnInscribed())
