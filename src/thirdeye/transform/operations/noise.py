"""Add grain."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform.operation import Drawn, operations


class Noise:
    """In every second image, Gaussian noise, the same in all channels, up to `strength` of the full range."""

    def draw(self, rng: Generator, strength: float) -> Drawn:
        """Standard deviation (1 is the full range) and the seed of the grain."""
        sigma = float(rng.uniform(0, strength))
        return {"sigma": sigma if rng.random() < 0.5 else 0.0, "seed": int(rng.integers(2**31))}

    def apply(self, pixels: NDArray[np.uint8], drawn: Drawn) -> NDArray[np.uint8]:
        """Grainy pixels."""
        if drawn["sigma"] == 0:
            return pixels
        grain = np.random.default_rng(drawn["seed"]).standard_normal(pixels.shape[:2], dtype=np.float32)
        noisy = pixels + (255 * drawn["sigma"]) * grain[..., None]
        return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


operations.register("noise")(Noise())
