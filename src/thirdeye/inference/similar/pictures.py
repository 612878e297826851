"""Small pictures, by which copies of an image are known whatever a network makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

SIDE = 16


def small_pictures(images: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.float32]:
    """(n, 3 * side * side) prepared images (n, S, S, 3), each shrunk, without its mean, of length 1.

    The inner product of two is the correlation of the pictures; a picture without contrast is all zero.
    """
    how = PillowImage.Resampling.BOX
    small = [np.asarray(PillowImage.fromarray(np.asarray(one)).resize((side, side), how)) for one in images]
    flat = np.stack(small).reshape(len(small), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return (flat / np.where(length > 0, length, 1)).astype(np.float32)
