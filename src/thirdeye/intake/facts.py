"""What is measured of every image in the one pass over the pixels."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load_image


@dataclass(frozen=True)
class ImageFacts:
    """Facts of one image; where it cannot be read only `image` and `error` are meaningful.

    Args:
        image: reference.
        error: why it cannot be read; "" when it can.
        height, width: pixels.
        bits: as in `Image`.
        is_colour: True when some pixel is not grey.
        mean, std, minimum, maximum: of all values, in the file's own units.
        sha256: of the decoded pixels in canonical form, so that a re-saved copy has the same.
        format: "PNG", "JPEG", "DICOM", ...
        modality: DICOM code or "".
        converted: what was done to make grey or RGB of it; "" when nothing.
    """

    image: str
    error: str = ""
    height: int = 0
    width: int = 0
    bits: int = 0
    is_colour: bool = False
    mean: float = float("nan")
    std: float = float("nan")
    minimum: float = float("nan")
    maximum: float = float("nan")
    sha256: str = ""
    format: str = ""
    modality: str = ""
    converted: str = ""


_BLOCK = 1 << 20  # values a block
FACT_NAMES = tuple(field.name for field in fields(ImageFacts))


def measure(root: Path, reference: str) -> ImageFacts:
    """Facts of one image; an unreadable one is a fact too, not an exception."""
    try:
        image = load_image(root, reference)
    except UnreadableFile as error:
        return ImageFacts(image=reference, error=error.reason)
    pixels = canonical(image.pixels)
    mean, std = moments(pixels)
    return ImageFacts(
        image=reference,
        height=image.height,
        width=image.width,
        bits=image.bits,
        is_colour=pixels.ndim == 3,
        mean=mean,
        std=std,
        minimum=float(pixels.min()),
        maximum=float(pixels.max()),
        sha256=pixel_hash(pixels),
        format=image.attributes.get("format", ""),
        modality=image.modality or "",
        converted=image.attributes.get("converted", ""),
    )


def moments(pixels: NDArray[Any]) -> tuple[float, float]:
    """Mean and (population) standard deviation, a block of rows at a time to keep memory flat."""
    rows = max(1, _BLOCK // max(1, pixels[0].size))
    mean = float(pixels.mean(dtype=np.float64))
    spread = 0.0
    for start in range(0, len(pixels), rows):
        block = pixels[start : start + rows].astype(np.float64) - mean
        spread += float(np.einsum("i,i->", block.ravel(), block.ravel()))
    return mean, math.sqrt(spread / pixels.size)


def canonical(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """The same picture in its plainest form: grey where all channels agree, 8 bits where 16 say no more.

    16 bits say no more than 8 when every value is a multiple of 257, as when an 8-bit image was widened.
    """
    if pixels.ndim == 3 and _is_grey(pixels):
        pixels = np.ascontiguousarray(pixels[:, :, 0])
    if pixels.dtype == np.uint16 and pixels.size and _is_widened(pixels):
        pixels = (pixels // 257).astype(np.uint8)
    return pixels


def _is_grey(pixels: NDArray[np.generic]) -> bool:
    """Every pixel has equal channels; a look at one row settles most colour images."""
    middle = pixels[pixels.shape[0] // 2]
    if (middle[:, 0] != middle[:, 1]).any() or (middle[:, 1] != middle[:, 2]).any():
        return False
    return bool((pixels[:, :, 0] == pixels[:, :, 1]).all() and (pixels[:, :, 1] == pixels[:, :, 2]).all())


def _is_widened(pixels: NDArray[np.generic]) -> bool:
    return not (pixels[0] % 257).any() and not (pixels % 257).any()


def pixel_hash(pixels: NDArray[np.generic]) -> str:
    """SHA-256 over shape, type and values."""
    digest = hashlib.sha256(f"{pixels.shape} {pixels.dtype.str}".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
