"""Change saturation and the balance of the channels, as another camera or stain would."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Colour:
    """Saturation within 1 -/+ 2 x `strength`, each channel's gain within 1 -/+ `strength` / 2."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Saturation and three gains."""
        return {
            "saturation": float(rng.uniform(1 - 2 * strength, 1 + 2 * strength)),
            "gains": rng.uniform(1 - strength / 2, 1 + strength / 2, 3).tolist(),
        }

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """One 3 x 3 matrix on the channels."""
        import cv2

        grey = np.full((3, 3), 1 / 3, dtype=np.float32)
        mix = grey + drawn["saturation"] * (np.eye(3, dtype=np.float32) - grey)
        gains = np.asarray(drawn["gains"], dtype=np.float32)
        return np.asarray(cv2.transform(pixels, gains[:, None] * mix), np.uint8)


operations.register("colour")(Colour())
