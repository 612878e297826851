"""Ways in which a picture can be poorer: out of focus, grainy, dark. For the axis of quality of a plan."""

from __future__ import annotations

import zlib

import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from thirdeye.transform.preparation import preparations

Square = NDArray[np.uint8]
FULL = 255.0


class Blurred:
    """Out of focus; `strength` is the standard deviation as a share of the side."""

    def paint(self, square: Square, strength: float) -> Square:
        """(S, S, 3) to (S, S, 3)."""
        blur = PIL.ImageFilter.GaussianBlur(strength * square.shape[0])
        return np.asarray(PIL.Image.fromarray(square).filter(blur), dtype=np.uint8)


class Grainy:
    """Noise in every channel; `strength` is its standard deviation as a share of the full range.

    The grain of an image follows from its pixels: the same each time, another for each image.
    """

    def paint(self, square: Square, strength: float) -> Square:
        """(S, S, 3) to (S, S, 3)."""
        rng = np.random.default_rng(zlib.crc32(square.tobytes()))
        grain = rng.normal(0.0, strength * FULL, square.shape)
        return np.asarray(np.clip(np.rint(square + grain), 0, FULL), dtype=np.uint8)


class Dark:
    """Too little light; `strength` is the share that is lost."""

    def paint(self, square: Square, strength: float) -> Square:
        """(S, S, 3) to (S, S, 3)."""
        return np.asarray(np.clip(np.rint(square * (1 - strength)), 0, FULL), dtype=np.uint8)


preparations.register("blurred")(Blurred())
preparations.register("grainy")(Grainy())
preparations.register("dark")(Dark())
