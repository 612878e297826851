"""Small pictures of everything: grey ones for comparing and showing, coloured ones for an embedder."""

from __future__ import annotations

from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.intake.exhibits import THUMBNAIL_PX

_PERCENTILES = (0.5, 99.5)
_LARGE = 1 << 24  # pixels beyond which a picture of 8 bits is shrunk before it is widened to floats
_BOX = PIL.Image.Resampling.BOX


def thumbnail(image: Image, size_px: int = THUMBNAIL_PX) -> NDArray[np.uint8]:
    """(S, S) grey, the picture squashed to a square, percentiles 0.5 to 99.5 over the full range."""
    grey = PIL.Image.fromarray(_grey(_bearable(image.pixels, size_px)))
    values = np.asarray(grey.resize((size_px, size_px), _BOX, reducing_gap=3.0))
    low, high = np.percentile(values, _PERCENTILES)
    if high <= low:
        return np.zeros((size_px, size_px), np.uint8)
    return np.rint(np.clip((values - low) / (high - low), 0, 1) * 255).astype(np.uint8)


def small_picture(image: Image, size_px: int) -> NDArray[np.uint8]:
    """(S, S, 3), squashed to a square; what has more than 8 bits is grey, stretched as a thumbnail is."""
    if image.pixels.dtype != np.uint8:
        small = thumbnail(image, size_px)
    else:
        whole = PIL.Image.fromarray(image.pixels)
        small = np.asarray(whole.resize((size_px, size_px), _BOX, reducing_gap=3.0))
    return small if small.ndim == 3 else np.repeat(small[:, :, np.newaxis], 3, axis=2)


def _grey(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Mean of the channels; adding plane by plane is ten times as fast as numpy's mean over the last axis."""
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels, np.float32)
    total = pixels[:, :, 0].astype(np.float32)
    for channel in range(1, pixels.shape[2]):
        total += pixels[:, :, channel]
    return total / np.float32(pixels.shape[2])


def _bearable(pixels: NDArray[np.generic], size_px: int) -> NDArray[np.generic]:
    factor = min(pixels.shape[:2]) // (4 * size_px)
    if pixels.dtype != np.uint8 or pixels.shape[0] * pixels.shape[1] < _LARGE or factor < 2:
        return pixels
    return np.asarray(PIL.Image.fromarray(pixels).reduce(factor))
