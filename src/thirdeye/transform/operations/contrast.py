"""Stretch or flatten grey values around the middle."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Contrast:
    """A factor drawn evenly on a log scale from 1 / (1 + `strength`) to 1 + `strength`."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The factor."""
        reach = math.log1p(strength)
        return {"factor": math.exp(rng.uniform(-reach, reach))}

    def curve(self, values: NDArray[np.float64], drawn: Drawn) -> NDArray[np.float64]:
        """Values scaled around one half."""
        return (values - 0.5) * drawn["factor"] + 0.5


operations.register("contrast")(Contrast())
