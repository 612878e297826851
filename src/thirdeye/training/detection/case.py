"""What a detector learns from: small images with their boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.float16]
HALF = 127.5


@dataclass(frozen=True)
class DetectionCase:
    """One prepared image with what is in it.

    Args:
        pixels: (H, W, 3), possibly a memory map: uint8 where the values lie between -1 and 1, else float16.
        boxes: (n, 4) float32 x_min, y_min, x_max, y_max in its pixels.
        classes: (n,) int64.
    """

    pixels: Pixels
    boxes: NDArray[np.float32]
    classes: NDArray[np.int64]

    @property
    def sides(self) -> tuple[int, int]:
        """(height, width)."""
        return int(self.pixels.shape[0]), int(self.pixels.shape[1])

    def array(self) -> NDArray[np.float32]:
        """(3, H, W) as the network reads it."""
        return np.ascontiguousarray(values_of(np.asarray(self.pixels)).transpose(2, 0, 1))


def stored(array: NDArray[np.float32], *, in_range: bool) -> Pixels:
    """A prepared image (3, H, W) in the form of `DetectionCase.pixels`.

    Args:
        array: as `thirdeye.transform.dense.prepare.prepared` gives it.
        in_range: whether its values lie between -1 and 1.
    """
    last = np.moveaxis(array, 0, 2)
    if in_range:
        return np.ascontiguousarray(np.rint((last + 1) * np.float32(HALF)).clip(0, 255).astype(np.uint8))
    return np.ascontiguousarray(last.astype(np.float16))


def values_of(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Stored pixels (H, W, 3) as the network reads them."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels.astype(np.float32) / np.float32(HALF) - 1)
    return np.asarray(pixels, np.float32)
