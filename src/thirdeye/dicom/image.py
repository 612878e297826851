"""A single-frame DICOM file to an image in display polarity (PS3.3 C.7.6.3, C.11; PS3.4 N.2)."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.dicom.guard import MAX_FILE_BYTES, check_before_decoding, check_deflated
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.window import apply_table, display_range, voi_table
from thirdeye.errors import UnreadableFile

_ATTRIBUTES = {
    "BodyPartExamined": "body_part",
    "ViewPosition": "view",
    "ImageLaterality": "laterality",
    "Laterality": "laterality",
    "Manufacturer": "manufacturer",
    "ManufacturerModelName": "device",
}
_FULL = 65535.0
_META_START = 144  # preamble 128, "DICM" 4, group length element 12 (PS3.10 section 7.1)


def read_dicom(path: Path, name: str) -> Image:
    """Decode one single-frame DICOM file.

    Grey values pass the modality transform (rescale or table), then the window that `display_range`
    chooses, onto uint16 from 0 to 65,535; MONOCHROME1 is inverted, so that bright is bright. Colour comes
    out as RGB uint8.

    Args:
        path: the file.
        name: how the user knows it.

    Raises:
        UnreadableFile: damaged, without pixels, several frames, or a header that contradicts itself.
    """
    try:
        with quiet_decoders():
            return _read(path, name)
    except UnreadableFile:
        raise
    except MemoryError as error:
        raise UnreadableFile(name, "does not fit into memory") from error
    except ValueError as error:
        raise UnreadableFile(name, _first_line(error)) from error
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise UnreadableFile(name, f"is a damaged DICOM file ({_first_line(error)})") from error


def _read(path: Path, name: str) -> Image:
    dataset = _open(path, name)
    check_before_decoding(dataset)
    attributes = _attributes(dataset)
    if int(dataset.SamplesPerPixel) == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels: NDArray[np.generic] = _colour(dataset)
    else:
        pixels, attributes["window"] = _grey(dataset)
    modality = str(dataset.get("Modality", "")) or None
    return Image(
        pixels=np.ascontiguousarray(pixels),
        bits=8 * pixels.dtype.itemsize,
        source=name,
        spacing_mm=_spacing(dataset),
        modality=modality,
        attributes=attributes,
    )


def _open(path: Path, name: str) -> Any:
    """The dataset, read from memory: there an element cannot claim more bytes than the file holds."""
    import pydicom
    from pydicom.filereader import read_file_meta_info

    if path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableFile(name, f"is larger than {MAX_FILE_BYTES // 1024**3} GB")
    content = io.BytesIO(path.read_bytes())
    try:
        meta = read_file_meta_info(path)
        syntax = str(meta.get("TransferSyntaxUID", ""))
        check_deflated(
            syntax, content.getbuffer()[_META_START + meta.get("FileMetaInformationGroupLength", 0) :]
        )
        content.seek(0)
        dataset = pydicom.dcmread(content)
    except RecursionError as error:
        raise UnreadableFile(name, "nests its DICOM sequences too deeply") from error
    if not syntax:
        raise UnreadableFile(name, "has no transfer syntax in its DICOM header")
    return dataset


def _grey(dataset: Any) -> tuple[NDArray[np.uint16], str]:
    from pydicom.pixels import apply_modality_lut, pixel_array

    stored = decoded(lambda: pixel_array(dataset, raw=True), dataset)
    if stored.ndim != 2:
        raise ValueError(f"decodes to the shape {stored.shape}, not to rows and columns")
    values = np.asarray(apply_modality_lut(stored, dataset), dtype=np.float64)
    if not np.isfinite(values).all() or np.abs(values).max(initial=0) > np.finfo(np.float32).max:
        raise ValueError("has pixels that are NaN or infinite after its rescale slope and intercept")
    grey = values.astype(np.float32)
    table = voi_table(dataset)
    if table is not None:
        shown, origin = apply_table(values, table), "VOI table of the file"
    else:
        low, high, origin = display_range(dataset, grey)
        span = high - low if high > low else np.inf  # a constant image becomes 0 everywhere
        shown = np.clip((grey - low) / span, 0, 1)
    levels = np.rint(shown * _FULL).astype(np.uint16)
    return (~levels if dataset.PhotometricInterpretation == "MONOCHROME1" else levels), origin


def _colour(dataset: Any) -> NDArray[np.uint8]:
    from pydicom.pixels import apply_color_lut, pixel_array

    pixels: NDArray[Any] = decoded(lambda: pixel_array(dataset), dataset)  # RGB, also from YBR
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise ValueError(f"decodes to the shape {pixels.shape}, not to RGB")
    pixels = pixels[:, :, :3]
    if pixels.dtype == np.uint8:
        return pixels
    upper_byte: NDArray[np.uint8] = (pixels >> (8 * pixels.dtype.itemsize - 8)).astype(np.uint8)
    return upper_byte


def decoded(decode: Callable[[], NDArray[np.generic]], dataset: Any) -> NDArray[np.generic]:
    """The decoder's result; a missing decoder is named instead of listed."""
    try:
        return decode()
    except RuntimeError as error:
        if "missing dependencies" not in str(error):
            raise
        syntax = dataset.file_meta.TransferSyntaxUID.name
        raise ValueError(
            f"is compressed as {syntax}, for which no decoder is installed; "
            "pip install python-gdcm, or decompress it (dcmdjpeg)"
        ) from error


def _spacing(dataset: Any) -> tuple[float, float] | None:
    """Row and column spacing in mm; None unless both are finite and positive."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        value = dataset.get(keyword)
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
    """Facts about the image, none about the person."""
    found = {"format": "DICOM"}
    for keyword, name in _ATTRIBUTES.items():
        value = dataset.get(keyword)
        if isinstance(value, str) and value and value.isprintable():
            found[name] = value[:64]
    return found


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if lines[0].endswith(":") and len(lines) > 1:  # pydicom lists what each decoder said
        return lines[1].strip()[:160]
    return lines[0][:160]
