"""Cover a rectangle, so that no single place decides (Zhong et al., AAAI 2020)."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Erase:
    """With probability `strength`, a rectangle of 2 to 15 % of the area becomes the image's mean."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Corner and sides as fractions of the image's side; zero sides leave it alone."""
        area, aspect = rng.uniform(0.02, 0.15), np.exp(rng.uniform(-0.9, 0.9))
        height, width = min(1.0, float(np.sqrt(area * aspect))), min(1.0, float(np.sqrt(area / aspect)))
        top, left = rng.uniform(0, 1 - height), rng.uniform(0, 1 - width)
        if rng.random() >= strength:
            height = width = 0.0
        return {"top": float(top), "left": float(left), "height": height, "width": width}

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """Pixels with the rectangle covered."""
        side = pixels.shape[0]
        top, left = int(drawn["top"] * side), int(drawn["left"] * side)
        bottom, right = top + int(drawn["height"] * side), left + int(drawn["width"] * side)
        if bottom == top or right == left:
            return pixels
        covered = pixels.copy()
        covered[top:bottom, left:right] = pixels.mean(axis=(0, 1)).astype(np.uint8)
        return covered


operations.register("erase")(Erase())
