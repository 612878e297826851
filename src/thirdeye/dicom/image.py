"""A DICOM file to an image in display polarity, or to a volume (PS3.3 C.7.6.3, C.11; PS3.4 N.2)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dicom.frames import rgb_values, stored_values
from thirdeye.dicom.grey import physical_values, shown_values
from thirdeye.dicom.groups import frame_header, number_of_frames
from thirdeye.dicom.guard import check_before_decoding
from thirdeye.dicom.identity import pseudonym
from thirdeye.dicom.multiframe import frame_rate, volume_of_frames
from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.palette import palette_to_rgb

_ATTRIBUTES = {
    "BodyPartExamined": "body_part",
    "ViewPosition": "view",
    "ImageLaterality": "laterality",
    "Laterality": "laterality",
    "FrameLaterality": "laterality",
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "device",
    "PhotometricInterpretation": "photometric",
    "PatientAge": "age",
}


def read_dicom(path: Path, name: str, selector: str = "") -> Image | Volume:
    """Decode one DICOM file, or one frame of it.

    Grey values pass the modality transform (rescale or table), then the window that `display_range`
    chooses, onto uint16 from 0 to 65,535; MONOCHROME1 is inverted, so that bright is bright. Colour comes
    out as RGB uint8.

    Several frames with a place in space (functional groups, or a grid of offsets) are a volume in physical
    units. Several frames without one (a cine of ultrasound or angiography) are read one at a time.

    Args:
        path: the file.
        name: how the user knows it.
        selector: "" or "frame=3" (from 0).

    Raises:
        UnreadableFile: damaged, without pixels, a header that contradicts itself, a frame that is not there,
            or several frames without a place in space and no selector.
    """
    with reasons(name):
        dataset = open_dataset(path, name)
        check_before_decoding(dataset)
        frames = number_of_frames(dataset)
        if not selector and frames > 1:
            return volume_of_frames(dataset, name, _attributes(dataset))
        return _image(dataset, name, _frame(selector, frames))


def _frame(selector: str, frames: int) -> int:
    kind, _, number = selector.partition("=")
    if selector and (kind != "frame" or not number.isdigit()):
        raise ValueError(f"is a DICOM file; it has no part '{selector}', only frames (#frame=0)")
    index = int(number or 0)
    if index >= frames:
        raise ValueError(f"has frames 0 to {frames - 1}; there is no frame {index}")
    return index


def _image(dataset: Any, name: str, index: int) -> Image:
    header = frame_header(dataset, index)
    attributes = _attributes(dataset)
    if int(dataset.SamplesPerPixel) == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels: NDArray[np.generic] = colour_values(dataset, index)
    else:
        values = physical_values(header, _plane(stored_values(dataset, index)))
        pixels, attributes["window"] = shown_values(header, values)
    attributes |= _cine(dataset, index)
    modality = str(dataset.get("Modality", "")) or None
    return Image(
        pixels=np.ascontiguousarray(pixels),
        bits=8 * pixels.dtype.itemsize,
        source=name,
        spacing_mm=spacing_of(header),
        modality=modality,
        attributes=attributes,
    )


def _plane(stored: NDArray[np.generic]) -> NDArray[np.generic]:
    if stored.ndim != 2:
        raise ValueError(f"decodes to the shape {stored.shape}, not to rows and columns")
    return stored


def colour_values(dataset: Any, index: int) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of a frame in colour: palette or YBR turned into it, of 16 bits the upper 8."""
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        return palette_to_rgb(dataset, _plane(stored_values(dataset, index)))
    pixels: NDArray[Any] = rgb_values(dataset, index)
    if pixels.dtype == np.uint8:
        return pixels
    upper_byte: NDArray[np.uint8] = (pixels >> max(0, int(dataset.BitsStored) - 8)).astype(np.uint8)
    return upper_byte


def _cine(dataset: Any, index: int) -> dict[str, str]:
    """Which frame of how many, and how fast they follow each other; nothing for a single frame."""
    frames = number_of_frames(dataset)
    if frames == 1:
        return {}
    rate = frame_rate(dataset)
    told = {"frame": str(index), "frames": str(frames)}
    return told | ({"rate_hz": f"{rate:g}"} if rate else {})


def spacing_of(header: Any) -> tuple[float, float] | None:
    """Row and column spacing in mm; None unless both are finite and positive."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        value = header.get(keyword)
        if value is None or isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
            continue
        row, column = (_number(part) for part in value)
        if math.isfinite(row) and math.isfinite(column) and row > 0 and column > 0:
            return row, column
    return None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _attributes(dataset: Any) -> dict[str, str]:
    """Facts about the image, the age, and a pseudonym; nothing that names the person."""
    found = {"format": "DICOM"}
    if isinstance(identifier := dataset.get("PatientID"), str) and identifier.strip():
        found["patient"] = pseudonym(identifier.strip())
    for keyword, name in _ATTRIBUTES.items():
        value = dataset.get(keyword)
        if isinstance(value, str) and value and value.isprintable():
            found[name] = value[:64]
    return found
