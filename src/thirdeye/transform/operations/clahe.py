"""Local contrast raised, as some departments print their films (CLAHE; Zuiderveld 1994)."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations

TILES = 8  # along a side
CLIPS = (1.0, 3.0)  # limits of contrast, in units of a flat histogram


class Clahe:
    """In a share `strength` of the images, contrast-limited adaptive histogram equalisation."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """The limit; 0 leaves the image alone."""
        clip = float(rng.uniform(*CLIPS))
        return {"clip": clip if rng.random() < strength else 0.0}

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """Every channel by the same lightness: grey stays grey, hues stay what they were."""
        if drawn["clip"] == 0:
            return pixels
        import cv2

        lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
        lab[..., 0] = cv2.createCLAHE(drawn["clip"], (TILES, TILES)).apply(lab[..., 0])
        return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.uint8)


operations.register("clahe")(Clahe())
