"""Bend the grey scale, as another display or detector would."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Gamma:
    """An exponent drawn evenly on a log scale from 1 / (1 + `strength`) to 1 + `strength`."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The exponent."""
        reach = math.log1p(strength)
        return {"exponent": math.exp(rng.uniform(-reach, reach))}

    def curve(self, values: NDArray[np.float64], drawn: Drawn) -> NDArray[np.float64]:
        """Power of the clipped values."""
        return np.clip(values, 0.0, 1.0) ** drawn["exponent"]


operations.register("gamma")(Gamma())
