"""A label map, or a map of floats, as NIfTI with the placement of another NIfTI file, field by field.

Whoever opens both files has to see the values on the voxels that they belong to, whatever they believe of the
two orientations that a header can hold: so both are copied with their codes, not computed again. Names and
free texts of the other header are left behind, as they may say who the patient is.
"""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.nifti import recognise
from thirdeye.intake.nifti_header import (
    FIELDS,
    HEADER_BYTES,
    SFORM_BAD,
    NiftiHeader,
    parse,
    version_of,
)
from thirdeye.intake.nifti_write import nifti_bytes, packed_header
from thirdeye.intake.voxels import unpacked

_PLACED_BY = ("pixdim", "units", "qform_code", "sform_code", "quaternion", "qoffset", "srow")
_CODES = {"u1": 2, "f4": 16}  # of the types that are written here
_LEVEL = 6

Voxels = NDArray[np.uint8] | NDArray[np.float32]


def labels_as_nifti(labels: NDArray[np.uint8], geometry: Geometry, like: Path | None) -> bytes:
    """The content of a ``.nii.gz`` file; the same labels give the same bytes.

    Args:
        labels: (I, J, K) as the voxels of the image are stored.
        geometry: of the image.
        like: the image's own file. Its placement is copied where it is a NIfTI file; otherwise, and for None,
            the placement is written from `geometry`.
    """
    return _as_nifti(labels, geometry, like)


def shares_as_nifti(values: NDArray[np.float32], geometry: Geometry, like: Path | None) -> bytes:
    """The content of a ``.nii.gz`` file of floats (I, J, K); arguments as of `labels_as_nifti`."""
    return _as_nifti(values.astype("<f4", copy=False), geometry, like)


def _as_nifti(voxels: Voxels, geometry: Geometry, like: Path | None) -> bytes:
    head = _head(like) if like is not None and like.is_file() else b""
    content = _placed_like(voxels, geometry, head) if head else None
    if content is None:
        content = b"".join(nifti_bytes(Volume(voxels, geometry, "labels")))
    return gzip.compress(content, _LEVEL, mtime=0)


def _head(path: Path) -> bytes:
    """The header of a NIfTI file; b"" where it is none."""
    name = path.name
    try:
        with path.open("rb") as file:
            if not recognise(file.read(HEADER_BYTES[2]), name.lower()):
                return b""
        with unpacked(path, name) as stream:
            return stream.read(HEADER_BYTES[2])
    except (OSError, UnreadableFile):
        return b""


def _placed_like(voxels: Voxels, geometry: Geometry, head: bytes) -> bytes | None:
    """Header and voxels; None where the copied fields would not lead back to `geometry`."""
    try:
        theirs = parse(head, "")
    except UnreadableFile:
        return None
    axes = max(min(len(theirs.shape), 3), 1 + max(np.flatnonzero(np.array(voxels.shape) > 1), default=0))
    shape = voxels.shape[:axes]
    header = _header(head, theirs, shape, voxels.dtype)
    placed = parse(header, "").affine
    if SFORM_BAD in theirs.notes or not np.array_equal(placed, geometry.affine):
        return None
    return header + voxels.tobytes(order="F")


def _header(head: bytes, theirs: NiftiHeader, shape: tuple[int, ...], stored: np.dtype[Any]) -> bytes:
    version = version_of(head)
    order = "<" if struct.unpack_from("<i", head)[0] == HEADER_BYTES[version] else ">"
    size = HEADER_BYTES[version]
    values: dict[str, tuple[float, ...]] = {
        "size": (size,),
        "dim": (len(shape), *shape, *([1] * (7 - len(shape)))),
        "datatype": (_CODES[stored.str[1:]],),
        "bitpix": (8 * stored.itemsize,),
        "offset": (size + 4,),
        "slope": (1.0,),
    }
    for key in _PLACED_BY:
        place, kind = FIELDS[key][2 * version - 2 : 2 * version]
        values[key] = struct.unpack_from(f"{order}{kind}", head, int(place))
    return packed_header(version, values)
