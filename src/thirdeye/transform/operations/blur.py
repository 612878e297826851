"""Lose sharpness, as another focus or detector would."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Blur:
    """In every second image, a Gaussian with a standard deviation from 0 to `strength` % of the side."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Standard deviation in per cent of the side; 0 leaves the image alone."""
        sigma = float(rng.uniform(0, strength))
        return {"sigma_percent": sigma if rng.random() < 0.5 else 0.0}

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """Blurred pixels."""
        sigma = drawn["sigma_percent"] * pixels.shape[0] / 100
        if sigma < 0.2:
            return pixels
        import cv2

        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


operations.register("blur")(Blur())
