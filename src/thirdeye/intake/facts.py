"""What is measured of every image in the one pass over the pixels."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.signal import Signal
from thirdeye.case.volume import Volume
from thirdeye.intake.volume_hash import volume_hash


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
        kind: "image", "volume" or "signal"; of a volume `width`, `height` and `depth` are the sizes along
            i, j and k, of a signal `height` is the number of channels and `width` of samples.
        depth: slices of a volume; 1 for an image.
        row_spacing_mm, column_spacing_mm, slice_spacing_mm: distance of neighbouring rows, columns, slices;
            NaN where unknown.
        rate_hz: of a signal; NaN otherwise.
        orientation: where i, j and k of a volume lead to ("LPS"), or "".
        channels: channels or time points of a volume; 1 otherwise.
        affine: the 12 numbers of a volume's affine, row by row and separated by blanks (`affine_of` reads
            them), or "".
        geometry: what is doubtful about a volume's geometry, joined by "; ", or "".
        not_finite: voxels of a volume that were no numbers (NaN or infinity) and count as 0.
        format: "PNG", "JPEG", "DICOM", ...
        modality: DICOM code or "".
        photometric: DICOM photometric interpretation or colour model of the file, or "".
        body_part, view, laterality, manufacturer, device: from the file's header, or "".
        converted: what was done to make grey or RGB of it; "" when nothing.
    """

    image: str
    error: str = ""
    kind: str = "image"
    height: int = 0
    width: int = 0
    bits: int = 0
    is_colour: bool = False
    mean: float = float("nan")
    std: float = float("nan")
    minimum: float = float("nan")
    maximum: float = float("nan")
    sha256: str = ""
    depth: int = 1
    row_spacing_mm: float = float("nan")
    column_spacing_mm: float = float("nan")
    slice_spacing_mm: float = float("nan")
    rate_hz: float = float("nan")
    orientation: str = ""
    channels: int = 1
    affine: str = ""
    geometry: str = ""
    not_finite: int = 0
    format: str = ""
    modality: str = ""
    photometric: str = ""
    body_part: str = ""
    view: str = ""
    laterality: str = ""
    manufacturer: str = ""
    device: str = ""
    converted: str = ""


_ATTRIBUTES = (
    "geometry", "format", "photometric", "body_part", "view", "laterality", "manufacturer", "device",
    "converted",
)  # fmt: skip


_BLOCK = 1 << 20  # values a block


def facts_of_item(reference: str, item: Image | Volume | Signal) -> ImageFacts:
    """Facts of what was read."""
    if isinstance(item, Volume):
        return _volume_facts(reference, item)
    if isinstance(item, Signal):
        return _signal_facts(reference, item)
    pixels = canonical(item.pixels)
    row, column = item.spacing_mm or (math.nan, math.nan)
    return ImageFacts(
        image=reference,
        height=item.height,
        width=item.width,
        bits=item.bits,
        is_colour=pixels.ndim == 3,
        row_spacing_mm=row,
        column_spacing_mm=column,
        modality=item.modality or "",
        **_values(pixels),
        **_told(item.attributes),
    )


def _volume_facts(reference: str, item: Volume) -> ImageFacts:
    spacing = item.geometry.spacing_mm
    return ImageFacts(
        image=reference,
        kind="volume",
        height=int(item.voxels.shape[1]),
        width=int(item.voxels.shape[0]),
        depth=int(item.voxels.shape[2]),
        bits=8 * item.voxels.dtype.itemsize,
        row_spacing_mm=spacing[1],
        column_spacing_mm=spacing[0],
        slice_spacing_mm=spacing[2],
        orientation=item.geometry.orientation,
        channels=int(item.voxels.shape[3]) if item.voxels.ndim == 4 else 1,
        affine=affine_text(item.geometry.affine),
        not_finite=int(item.attributes.get("not_finite", "0")),
        is_colour=item.attributes.get("photometric") == "RGB",
        modality=item.modality or "",
        **_volume_values(item),
        **_told(item.attributes),
    )


def _volume_values(item: Volume) -> dict[str, Any]:
    mean, std = moments(item.voxels.T)  # most volumes have their first index fastest
    return {
        "mean": mean,
        "std": std,
        "minimum": float(item.voxels.min()),
        "maximum": float(item.voxels.max()),
        "sha256": volume_hash(item),
    }


def affine_text(affine: NDArray[np.float64]) -> str:
    """The upper three rows of an affine in so many digits that they come back bit by bit."""
    return " ".join(repr(float(value)) for value in affine[:3].ravel())


def affine_of(text: str) -> NDArray[np.float64]:
    """(4, 4): what `affine_text` wrote."""
    values = np.array([float(word) for word in text.split()])
    return np.vstack([values.reshape(3, 4), [0.0, 0.0, 0.0, 1.0]])


def _signal_facts(reference: str, item: Signal) -> ImageFacts:
    return ImageFacts(
        image=reference,
        kind="signal",
        height=int(item.samples.shape[0]),
        width=int(item.samples.shape[1]),
        bits=32,
        rate_hz=item.rate_hz,
        **_values(item.samples),
        **_told(item.attributes),
    )


def _values(pixels: NDArray[Any]) -> dict[str, Any]:
    mean, std = moments(pixels)
    return {
        "mean": mean,
        "std": std,
        "minimum": float(pixels.min()),
        "maximum": float(pixels.max()),
        "sha256": pixel_hash(pixels),
    }


def _told(attributes: Mapping[str, str]) -> dict[str, Any]:
    return {name: attributes.get(name, "") for name in _ATTRIBUTES}


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
