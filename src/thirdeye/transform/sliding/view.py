"""What a sliding network sees of an image: 8 bits a channel, at the scale where objects have a set size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile

TAILS = (0.5, 99.5)  # percentiles that become black and white where an image has more than 8 bits
LOOKED_AT = 1_000_000  # pixels from which percentiles are taken
SMALLEST = 8  # side below which nothing is left to see

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class View:
    """How an image is seen.

    Args:
        scale: by which its sides are multiplied.
        channels: 1 or 3.
    """

    scale: float
    channels: int


def seen(image: Image, how: View) -> Pixels:
    """(H, W, channels) uint8.

    Raises:
        UnreadableFile: values that are not finite, or nothing is left of it at this scale.
    """
    pixels = _channels(_eight_bits(image), how.channels)
    height, width = sides_seen(image, how)
    if min(height, width) < SMALLEST:
        raise UnreadableFile(image.source, f"is too small: {image.width} x {image.height} pixels")
    if (height, width) == pixels.shape[:2]:
        return np.ascontiguousarray(pixels)
    smooth = Picture.Resampling.BICUBIC if how.scale > 1 else Picture.Resampling.BOX
    planes = [Picture.fromarray(plane).resize((width, height), smooth) for plane in np.moveaxis(pixels, 2, 0)]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)


def sides_seen(image: Image, how: View) -> tuple[int, int]:
    """Height and width after scaling."""
    return max(1, round(image.height * how.scale)), max(1, round(image.width * how.scale))


def _eight_bits(image: Image) -> Pixels:
    if image.pixels.dtype == np.uint8:
        return image.pixels.astype(np.uint8, copy=False)
    values = image.pixels.astype(np.float32)
    if not np.isfinite(values).all():
        raise UnreadableFile(image.source, "holds values that are not finite (NaN or infinite)")
    sample = values.ravel()[:: max(1, values.size // LOOKED_AT)]
    low, high = np.percentile(sample, TAILS)
    reach = max(float(high - low), 1e-6)
    return np.asarray(((values - low) * (255 / reach)).clip(0, 255), np.uint8)


def _channels(pixels: Pixels, channels: int) -> Pixels:
    own = pixels[..., None] if pixels.ndim == 2 else pixels
    if own.shape[2] == channels:
        return own
    if own.shape[2] == 1:
        return np.repeat(own, channels, axis=2)
    return np.asarray(own.mean(axis=2, keepdims=True).round(), np.uint8)
