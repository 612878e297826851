"""From an image as the scanner left it to the square that the network sees.

Training and reading call this one function, so a network never meets pixels that were made another way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import UsageError
from thirdeye.transform import preparations as _registered  # noqa: F401  (registers the steps)
from thirdeye.transform.preparation import Steps, check_steps, framed, painted

RESIZES = ("squash", "pad")
INTENSITIES = ("full_range", "percentile")
PERCENTILES = (0.5, 99.5)

Pixels = NDArray[Any]


def prepare(
    image: Image, *, size_px: int, resize: str, intensity: str, preparation: Steps = ()
) -> NDArray[np.uint8]:
    """The image as the network sees it; deterministic.

    Deep grey is windowed before it is quantised, shrinking is antialiased, grey becomes three equal channels.

    Args:
        image: grey (H, W) or colour (H, W, 3) pixels, finite.
        size_px: side S of the result, 1 or more.
        resize: "squash" fills the square; "pad" keeps the aspect ratio on black.
        intensity: "full_range" maps the file's range 0..2^bits-1 to 0..255 (float pixels: as "percentile");
            "percentile" maps the image's own 0.5th..99.5th percentile, over all channels together.
        preparation: further steps, (name, strength) each; see `thirdeye.transform.preparation`.

    Returns:
        (S, S, 3) uint8, C-contiguous.

    Raises:
        UsageError: an argument is none of the above.
    """
    _check(size_px, resize, intensity)
    image = framed(image, preparation)
    height, width = _inner_size(image, size_px) if resize == "pad" else (size_px, size_px)
    small = _resized(_windowed(image, intensity), height, width)
    canvas = np.zeros((size_px, size_px, 3), np.uint8)
    top, left = (size_px - height) // 2, (size_px - width) // 2
    canvas[top : top + height, left : left + width] = small if image.is_colour else small[..., None]
    return painted(canvas, preparation)


def arguments_of(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What `prepare` is called with, from the `input` of a ``model.json``.

    Args:
        wanted: with size_px, resize, intensity, and preparation where there are further steps.

    Raises:
        UsageError: no step has the name.
    """
    steps = check_steps(wanted.get("preparation", ()))
    return {**{name: wanted[name] for name in ("size_px", "resize", "intensity")}, "preparation": steps}


def intensity_window(image: Image, intensity: str) -> tuple[float, float]:
    """The (low, high) pixel values that become 0 and 255.

    Args:
        image: as for `prepare`.
        intensity: as for `prepare`.
    """
    if intensity == "full_range" and image.pixels.dtype.kind == "u":
        return 0.0, float(2**image.bits - 1)
    low, high = _percentiles(image.pixels)
    if high <= low:  # nearly all pixels equal: a bright dot on black is still an image
        low, high = float(image.pixels.min()), float(image.pixels.max())
    return low, high


def _check(size_px: int, resize: str, intensity: str) -> None:
    if size_px < 1:
        raise UsageError(f"the image size must be 1 px or more, not {size_px}")
    if resize not in RESIZES:
        raise UsageError(f"no resize is called '{resize}'; choose {' or '.join(RESIZES)}")
    if intensity not in INTENSITIES:
        raise UsageError(f"no intensity is called '{intensity}'; choose {' or '.join(INTENSITIES)}")


def _inner_size(image: Image, size_px: int) -> tuple[int, int]:
    scale = size_px / max(image.height, image.width)
    return max(1, round(image.height * scale)), max(1, round(image.width * scale))


def _percentiles(pixels: Pixels) -> tuple[float, float]:
    """Exact order statistics; a histogram is far faster than a sort for integers."""
    if pixels.dtype.kind != "u":
        low, high = np.percentile(pixels.astype(np.float64), PERCENTILES)
        return float(low), float(high)
    below = np.cumsum(np.bincount(pixels.reshape(-1)))
    low, high = np.searchsorted(below, np.asarray(PERCENTILES) / 100 * below[-1])
    return float(low), float(high)


def _windowed(image: Image, intensity: str) -> Pixels:
    """Pixels on the scale 0..255: uint8 where that loses nothing, else float32."""
    low, high = intensity_window(image, intensity)
    pixels: Pixels = image.pixels
    if pixels.dtype == np.uint8 and (low, high) == (0.0, 255.0):
        return pixels
    if high <= low:
        return np.zeros(pixels.shape, np.uint8)
    exact = "float32" if pixels.dtype.kind == "u" else "float64"  # float pixels may span 1e38
    scaled: Pixels = (pixels.astype(exact) - low) * (255.0 / (high - low))
    return np.clip(scaled, 0.0, 255.0, out=scaled).astype(np.float32, copy=False)


def _resized(pixels: Pixels, height: int, width: int) -> NDArray[np.uint8]:
    if pixels.shape[:2] != (height, width):
        if pixels.ndim == 3 and pixels.dtype != np.uint8:  # PIL has no float colour mode
            pixels = np.stack([_pil_resized(pixels[..., k], height, width) for k in range(3)], axis=-1)
        else:
            pixels = _pil_resized(pixels, height, width)
    if pixels.dtype == np.uint8:
        return pixels
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def _pil_resized(pixels: Pixels, height: int, width: int) -> Pixels:
    """PIL widens the kernel when it shrinks, so both filters are antialiased there."""
    shrinks = height <= pixels.shape[0] and width <= pixels.shape[1]
    method = PIL.Image.Resampling.BILINEAR if shrinks else PIL.Image.Resampling.BICUBIC
    picture = PIL.Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize((width, height), method, reducing_gap=3.0))
