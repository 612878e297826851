"""The middle of the square alone: a disc, with even grey around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.preparation import preparations

AROUND = 128


class Rounded:
    """Grey 128 outside a disc; `strength` is its radius, as a share of half the side."""

    def paint(self, square: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
        """(S, S, 3) to (S, S, 3)."""
        at = (np.arange(square.shape[0]) + 0.5) / square.shape[0] * 2 - 1
        outside = np.hypot(at[:, None], at[None]) > strength
        found = square.copy()
        found[outside] = AROUND
        return found


preparations.register("rounded")(Rounded())
