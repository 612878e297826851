"""Augmentation: a chain of random operations, drawn per image from a seed and applied in three passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from thirdeye.transform import operations as _registered  # noqa: F401  (registers the operations)
from thirdeye.transform.operation import Drawn, Geometric, Pixelwise, Tonal, operations


class Augmenter:
    """Applies a plan's augmentation to prepared images.

    Args:
        chain: (name of a registered operation, strength) in order; the strength's unit is the operation's.

    Raises:
        UsageError: an operation is unknown.
    """

    def __init__(self, chain: Sequence[tuple[str, float]]) -> None:
        self.chain = [(name, operations.get(name), strength) for name, strength in chain]
        found = [(name, operation) for name, operation, _ in self.chain]
        self._geometric = [(name, one) for name, one in found if isinstance(one, Geometric)]
        self._tonal = [(name, one) for name, one in found if isinstance(one, Tonal)]
        self._pixelwise = [(name, one) for name, one in found if isinstance(one, Pixelwise)]

    def draw(self, rng: Generator) -> dict[str, Drawn]:
        """What is going to be done to one image, by name of the operation."""
        return {name: operation.draw(rng, strength) for name, operation, strength in self.chain}

    def apply(self, pixels: NDArray[np.uint8], drawn: dict[str, Drawn]) -> NDArray[np.uint8]:
        """(S, S, 3) to (S, S, 3), with what was drawn."""
        matrix = np.eye(3)
        for name, geometric in self._geometric:
            matrix = geometric.matrix(drawn[name]) @ matrix
        moved = _warp(pixels, matrix)
        if self._tonal:
            curve = np.linspace(0.0, 1.0, 256)
            for name, tonal in self._tonal:
                curve = tonal.curve(curve, drawn[name])
            moved = np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)[moved]
        for name, pixelwise in self._pixelwise:
            moved = pixelwise.apply(moved, drawn[name])
        return moved

    def __call__(self, pixels: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
        """Draw and apply."""
        return self.apply(pixels, self.draw(rng))


def _warp(pixels: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Move pixels by a matrix in centred coordinates; what comes from outside repeats the border."""
    if np.array_equal(matrix, np.eye(3)):
        return pixels
    import cv2

    half = (pixels.shape[0] - 1) / 2
    to_pixels = np.array([[half, 0.0, half], [0.0, half, half], [0.0, 0.0, 1.0]])
    affine = (to_pixels @ matrix @ np.linalg.inv(to_pixels))[:2]
    side = (pixels.shape[1], pixels.shape[0])
    moved = cv2.warpAffine(pixels, affine, side, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.uint8)
