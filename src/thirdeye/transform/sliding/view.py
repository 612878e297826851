"""What a sliding network sees of an image: 8 bits a channel, at the scale where objects have a set size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.transform import preparations as _registered  # noqa: F401  (registers the steps)
from thirdeye.transform.preparation import Painting, check_steps, painted, preparations

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
        preparation: steps that even out the scaled image (see `thirdeye.transform.preparation`), in order.
    """

    scale: float
    channels: int
    preparation: tuple[tuple[str, float], ...] = ()

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> View:
        """What a manifest holds of it."""
        steps = tuple((str(name), float(strength)) for name, strength in form.get("preparation", ()))
        return cls(float(form["scale"]), int(form["channels"]), steps)


def painting_steps(steps: Any) -> tuple[tuple[str, float], ...]:
    """Steps that a classifier can slide over the result of.

    Raises:
        UsageError: there is no such step, or it cuts a part out of the image.
    """
    found = check_steps(steps)
    for name, _ in found:
        if not isinstance(preparations.get(name), Painting):
            raise UsageError(
                f"preparation '{name}' cuts a part out of an image; where a classifier slides, steps may "
                "only change its pixels"
            )
    return found


def seen(image: Image, how: View) -> Pixels:
    """(H, W, channels) uint8.

    Raises:
        UnreadableFile: values that are not finite, or nothing is left of it at this scale.
    """
    pixels = _channels(_eight_bits(image), how.channels)
    height, width = sides_seen(image, how)
    if min(height, width) < SMALLEST:
        raise UnreadableFile(image.source, f"is too small: {image.width} x {image.height} pixels")
    return _prepared(_scaled(pixels, height, width, how), how)


def _scaled(pixels: Pixels, height: int, width: int, how: View) -> Pixels:
    if (height, width) == pixels.shape[:2]:
        return np.ascontiguousarray(pixels)
    smooth = Picture.Resampling.BICUBIC if how.scale > 1 else Picture.Resampling.BOX
    planes = [Picture.fromarray(plane).resize((width, height), smooth) for plane in np.moveaxis(pixels, 2, 0)]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)


def _prepared(pixels: Pixels, how: View) -> Pixels:
    if not how.preparation:
        return pixels
    done = painted(_channels(pixels, 3), how.preparation)
    return np.ascontiguousarray(done[..., : how.channels])


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
