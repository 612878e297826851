"""How much each picture looks like the mean of all, as it is, turned, mirrored or inverted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from thirdeye.intake.exhibits import THUMBNAIL_PX

SIDE = 32
_CHUNK = 2048

# The symmetries of a square: what was done to a picture that looks right after the inverse was done to it.
Symmetry = Callable[[NDArray[np.float32]], NDArray[np.float32]]
SYMMETRIES: Mapping[str, Symmetry] = {
    "as it is": lambda picture: picture,
    "turned by 90 degrees": lambda picture: np.rot90(picture, 1),
    "upside down (turned by 180 degrees)": lambda picture: np.rot90(picture, 2),
    "turned by 270 degrees": lambda picture: np.rot90(picture, 3),
    "mirrored left to right": lambda picture: picture[:, ::-1],
    "mirrored top to bottom": lambda picture: picture[::-1],
    "mirrored along the diagonal": lambda picture: picture.T,
    "mirrored along the other diagonal": lambda picture: np.rot90(picture, 2).T,
}
AS_IT_IS = "as it is"


def standard_pictures(thumbnails: NDArray[np.uint8], positions: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, 1024) thumbnails at 32 x 32 pixels, each with mean 0 and length 1; zeros where flat."""
    step = THUMBNAIL_PX // SIDE
    flat = np.empty((len(positions), SIDE * SIDE), dtype=np.float32)
    for start in range(0, len(positions), _CHUNK):
        rows = np.asarray(thumbnails[positions[start : start + _CHUNK]], dtype=np.float32)
        small = rows.reshape(-1, SIDE, step, SIDE, step).mean(axis=(2, 4)).reshape(len(rows), -1)
        flat[start : start + _CHUNK] = unit_length(small - small.mean(axis=1, keepdims=True))
    return flat


def unit_length(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its length; zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 1e-6, length, 1.0), dtype=np.float32)


def typical_picture(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """(1024,) the median of the pictures, with mean 0 and length 1: a few inverted ones do not blur it."""
    middle = np.median(pictures[:: max(1, len(pictures) // 2000)], axis=0)
    return unit_length((middle - middle.mean())[None].astype(np.float32))[0]


def correlations(
    pictures: NDArray[np.float32], typical: NDArray[np.float32]
) -> Mapping[str, NDArray[np.float32]]:
    """Symmetry to the (n,) correlation of each picture with the typical one so changed."""
    square = typical.reshape(SIDE, SIDE)
    return {name: pictures @ change(square).ravel() for name, change in SYMMETRIES.items()}
