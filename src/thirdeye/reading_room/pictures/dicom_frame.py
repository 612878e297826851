"""Frames of DICOM, with their values as they were stored and the file's own windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.grey import physical_values
from thirdeye.dicom.groups import frame_header, number_of_frames
from thirdeye.dicom.guard import check_before_decoding
from thirdeye.dicom.image import colour_values, spacing_of
from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.window import voi_table
from thirdeye.reading_room.pictures.compact import compact
from thirdeye.reading_room.pictures.frame import Frame
from thirdeye.reading_room.pictures.windows import windows_of

_AS_STORED = (np.uint8, np.uint16, np.int16)


def dicom_frames(path: Path, name: str, first: int, count: int) -> list[Frame]:
    """Some frames of a file that is not a volume.

    Args:
        path: the file.
        name: for messages.
        first: frame from 0.
        count: how many are wanted; fewer come at the end of the file.

    Raises:
        UnreadableFile: damaged, without pixels, or there is no such frame.
    """
    with reasons(name):
        dataset = open_dataset(path, name)
        check_before_decoding(dataset)
        frames = number_of_frames(dataset)
        if first >= frames:
            raise ValueError(f"has frames 0 to {frames - 1}; there is no frame {first}")
        return [dicom_frame(dataset, index) for index in range(first, min(frames, first + count))]


def dicom_frame(dataset: Any, index: int) -> Frame:
    """One frame of a dataset that passed `check_before_decoding`."""
    header = frame_header(dataset, index)
    spacing = spacing_of(header)
    if int(dataset.SamplesPerPixel) == 3 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        return Frame(np.ascontiguousarray(colour_values(dataset, index)), spacing_mm=spacing)
    stored = stored_values(dataset, index)
    if stored.ndim != 2:
        raise ValueError(f"decodes to the shape {stored.shape}, not to rows and columns")
    physical = physical_values(header, stored)
    values, slope, intercept = _sent(header, stored, physical)
    table = voi_table(header)
    return Frame(
        values, slope, intercept,
        inverted=header.PhotometricInterpretation == "MONOCHROME1",
        windows=windows_of(header, physical),
        spacing_mm=spacing,
        unit="HU" if header.get("Modality") == "CT" and "RescaleIntercept" in header else "",
        table=None if table is None else table.values,
        table_first=0 if table is None else table.first,
    )  # fmt: skip


def _sent(
    header: Any, stored: NDArray[np.generic], physical: NDArray[np.float64]
) -> tuple[NDArray[np.generic], float, float]:
    """Stored values where a straight line leads from them to the physical ones, else those made compact."""
    if stored.dtype == np.int8:
        stored = stored.astype(np.int16)
    if stored.dtype not in _AS_STORED or header.get("ModalityLUTSequence") or "DoseGridScaling" in header:
        return compact(physical)
    if "RescaleSlope" in header and "RescaleIntercept" in header:
        return stored, float(header.RescaleSlope), float(header.RescaleIntercept)
    return stored, 1.0, 0.0
