"""NIfTI from a volume: the header's fields are those of `thirdeye.intake.nifti_header`."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from thirdeye.case.affine import is_sheared
from thirdeye.case.orientation import Affine, directions
from thirdeye.case.volume import Volume
from thirdeye.intake.nifti_header import DATATYPES, FIELDS, HEADER_BYTES, MAGICS

_RGB = 128
_CODES = {kind: code for code, kind in reversed(DATATYPES.items()) if code != _RGB}
_SCANNER = 1  # NIFTI_XFORM_SCANNER_ANAT
_MM = 2
_LONGEST = {1: np.iinfo(np.int16).max, 2: np.iinfo(np.int64).max}


def nifti_bytes(volume: Volume) -> tuple[bytes, ...]:
    """Header and voxels; NIfTI-1, or NIfTI-2 where an axis is too long for it."""
    version = 1 if max(volume.voxels.shape) <= _LONGEST[1] else 2
    voxels = volume.voxels
    if _is_rgb(volume):
        voxels = np.moveaxis(voxels, -1, 0)
    return _header(volume, version), voxels.tobytes(order="F")


def _is_rgb(volume: Volume) -> bool:
    return (
        volume.attributes.get("photometric") == "RGB"
        and volume.voxels.shape[3:] == (3,)
        and volume.voxels.dtype == np.uint8
    )


def _header(volume: Volume, version: int) -> bytes:
    """Header with the empty extension that ends it."""
    size = HEADER_BYTES[version]
    affine = volume.geometry.affine
    spacing = volume.geometry.spacing_mm
    quaternion, flip = quaternion_of(affine)
    shape = volume.voxels.shape[:3] if _is_rgb(volume) else volume.voxels.shape
    values: dict[str, tuple[float, ...]] = {
        "size": (size,),
        "intent": (0,),
        "dim": (len(shape), *shape, *([1] * (7 - len(shape)))),
        "datatype": (_RGB if _is_rgb(volume) else _CODES[volume.voxels.dtype.str[1:]],),
        "bitpix": (24 if _is_rgb(volume) else 8 * volume.voxels.dtype.itemsize,),
        "pixdim": (flip, *spacing, 1.0, 1.0, 1.0, 1.0),
        "offset": (size + 4,),
        "slope": (1.0,),
        "intercept": (0.0,),
        "units": (_MM,),
        "qform_code": (0 if is_sheared(affine) else _SCANNER,),  # a rotation cannot say shear
        "sform_code": (_SCANNER,),
        "quaternion": quaternion,
        "qoffset": tuple(affine[:3, 3]),
        "srow": tuple(affine[:3].ravel()),
    }
    return packed_header(version, values)


def packed_header(version: int, values: Mapping[str, tuple[Any, ...]]) -> bytes:
    """A little-endian header of a single file, with no extension.

    Args:
        version: 1 or 2.
        values: name of a field of `FIELDS` to its numbers; the others are 0.
    """
    header = bytearray(HEADER_BYTES[version] + 4)
    for key, numbers in values.items():
        place, kind = FIELDS[key][2 * version - 2 : 2 * version]
        struct.pack_into(f"<{kind}", header, int(place), *numbers)
    mark_at, mark = MAGICS[version][0]
    header[mark_at : mark_at + len(mark)] = mark
    return bytes(header)


def quaternion_of(affine: Affine) -> tuple[tuple[float, float, float], float]:
    """(b, c, d) of the rotation with a >= 0, and pixdim[0]: -1 where k is mirrored to make it one."""
    from scipy.spatial.transform import Rotation  # deferred: only whoever writes pays for it

    matrix = directions(affine)
    flip = -1.0 if np.linalg.det(matrix) < 0 else 1.0
    matrix[:, 2] *= flip
    b, c, d, a = Rotation.from_matrix(matrix).as_quat()
    sign = -1.0 if a < 0 else 1.0
    return (sign * float(b), sign * float(c), sign * float(d)), flip
