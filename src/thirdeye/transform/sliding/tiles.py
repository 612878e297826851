"""Reading a whole image with a network of patches: tile by tile, so that memory holds one tile at a time.

Every place gets exactly the answer that its own patch would get; tiles share no place, and nothing is
blended. Beyond the edge the image is mirrored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Run = Callable[[Array], Array]


@dataclass(frozen=True)
class Field:
    """What one answer sees, and how many are asked for at a time.

    Args:
        patch: side of the square that an answer depends on, in pixels.
        stride: pixels between neighbouring answers.
        tile: answers along the side of a tile.
    """

    patch: int
    stride: int
    tile: int = 64

    @property
    def middle(self) -> float:
        """From the place of an answer to the middle of its square: half a pixel where the side is odd."""
        return 0.5 * (self.patch % 2)


def cells(length: int, field: Field) -> int:
    """How many answers a side of `length` pixels has: at 0, stride, 2 stride, ... up to the far edge."""
    return length // field.stride + 1


def dense_map(pixels: NDArray[np.uint8], run: Run, field: Field, *, n_outputs: int) -> Array:
    """Probabilities of every class on a grid over the image.

    Args:
        pixels: (H, W, C) as `thirdeye.transform.sliding.view.seen` gives it.
        run: (1, C, h, w) float32 in -1..1 to probabilities (n_outputs, ...) of every patch in it.
        field: of the network.
        n_outputs: classes with background.

    Returns:
        (n_outputs, rows, columns); the answer (i, j) is about the patch centred at (i, j) times the stride,
        in pixels from the upper left corner of the image.
    """
    rows, columns = (cells(side, field) for side in pixels.shape[:2])
    found = np.empty((n_outputs, rows, columns), np.float32)
    for top in range(0, rows, field.tile):
        down = slice(top, min(top + field.tile, rows))
        for left in range(0, columns, field.tile):
            across = slice(left, min(left + field.tile, columns))
            found[:, down, across] = run(_tile(pixels, field, down, across))
    return found


def normalised(pixels: NDArray[np.uint8]) -> Array:
    """0..255 to -1..1."""
    return pixels.astype(np.float32) / np.float32(127.5) - 1


def mirrored_index(first: int, stop: int, length: int) -> NDArray[np.int64]:
    """Positions first to stop - 1 on a side of `length`; beyond its ends the side is mirrored."""
    places = np.arange(first, stop) % (2 * length)
    return np.asarray(np.where(places < length, places, 2 * length - 1 - places), np.int64)


def _tile(pixels: NDArray[np.uint8], field: Field, down: slice, across: slice) -> Array:
    spans = [
        mirrored_index(
            part.start * field.stride - field.patch // 2,
            (part.stop - 1) * field.stride + field.patch - field.patch // 2,
            length,
        )
        for part, length in zip((down, across), pixels.shape[:2], strict=True)
    ]
    part = pixels[spans[0][:, None], spans[1][None, :]]
    return np.ascontiguousarray(np.moveaxis(normalised(part), 2, 0)[None])
