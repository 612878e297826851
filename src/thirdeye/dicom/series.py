"""A series of single-frame images to a volume."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.dicom.folder_index import index_of
from thirdeye.dicom.frames import stored_values
from thirdeye.dicom.grey import physical_values
from thirdeye.dicom.groups import frame_header
from thirdeye.dicom.guard import check_before_decoding
from thirdeye.dicom.header import series_key
from thirdeye.dicom.multiframe import MAX_VOXELS, stack
from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.planes import affine_of
from thirdeye.dicom.stacks import Stack

_ATTRIBUTES = ("body_part", "view", "laterality", "manufacturer", "device", "photometric", "sequence")


def read_series(folder: Path, name: str, key: str) -> Volume:
    """The volume that ``folder#series=KEY`` means, in physical units (Hounsfield units of CT).

    Slices are ordered by their position along the normal, never by their number. The affine comes from the
    first and last position, so that it is exact under gantry tilt too.

    Args:
        folder: the files lie in it or below it.
        name: reference, for messages.
        key: of the series or of one stack of it, see `thirdeye.dicom.stacks.Stack.key`.

    Raises:
        UnreadableFile: there is no such series, it is several stacks, it has gaps, repeated or uneven
            positions, two patients, or one of its files cannot be read.
    """
    with reasons(name):
        found = index_of(folder).stack(key)
        if found.patients > 1 and found.key == series_key(found.headers[0].series_uid):
            raise ValueError(f"mixes images of {found.patients} patients in one series")
        if not found.is_volume or found.pile is None:
            raise ValueError("is a series whose images have no places in space that differ")
        if not found.pile.is_grid:
            raise ValueError(found.pile.trouble)
        return _volume(folder, name, found)


def _volume(folder: Path, name: str, found: Stack) -> Volume:
    first, pile = found.headers[0], found.pile
    if pile is None or first.plane is None:
        raise ValueError("has no places in space")
    if len(found.headers) * first.height * first.width > MAX_VOXELS:
        raise ValueError(f"holds more than {MAX_VOXELS:,} voxels")
    return Volume(
        voxels=stack(_slices(folder, found), len(found.headers)),
        geometry=Geometry(affine_of(first.plane, pile.step_mm)),
        source=name,
        modality=first.modality or None,
        attributes=_told(found),
    )


def _slices(folder: Path, found: Stack) -> Iterator[NDArray[np.float64]]:
    for header in found.headers:
        with reasons(Path(header.file).name):
            dataset = open_dataset(folder / header.file, header.file)
            check_before_decoding(dataset)
            _refuse_other(dataset, found)
            yield physical_values(frame_header(dataset, 0), stored_values(dataset, 0))


def _refuse_other(dataset: Any, found: Stack) -> None:
    """The folder may have changed since its headers were read."""
    if str(dataset.get("SeriesInstanceUID", "")).strip() != found.headers[0].series_uid:
        raise ValueError("belongs to another series than its header said before")
    if int(dataset.SamplesPerPixel) != 1:
        raise ValueError("is in colour; series in colour are not read as volumes")


def _told(found: Stack) -> dict[str, str]:
    first, pile = found.headers[0], found.pile
    told = {"format": "DICOM", "slices": str(len(found.headers))}
    told |= {name: value for name in _ATTRIBUTES if (value := getattr(first, name))}
    if pile is not None and pile.tilt_deg:
        told["gantry_tilt_deg"] = f"{pile.tilt_deg:.1f}"
    if found.told_apart_by:
        told["told_apart_by"] = found.told_apart_by
    return told
