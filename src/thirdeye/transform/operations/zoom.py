"""Enlarge or shrink around the centre."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Zoom:
    """A factor drawn evenly on a log scale from 1 / (1 + `strength`) to 1 + `strength`, sides within 10 %."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Factors along x and y."""
        reach = math.log1p(strength)
        common = rng.uniform(-reach, reach)
        aspect = rng.uniform(-0.05, 0.05) if strength else 0.0
        return {"x": math.exp(common + aspect), "y": math.exp(common - aspect)}

    def matrix(self, drawn: Drawn) -> NDArray[np.float64]:
        """Scaling."""
        return np.diag([drawn["x"], drawn["y"], 1.0])


operations.register("zoom")(Zoom())
