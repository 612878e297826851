"""The header of NIfTI-1 and NIfTI-2: where each field stands, and what the fields mean together.

Sources: nifti1.h (2003) and nifti2.h (2011) of the NIfTI data format working group; the rules for qform and
sform are "method 1, 2, 3" there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from thirdeye.case.affine import farthest_mm, refusal
from thirdeye.case.orientation import Affine
from thirdeye.errors import UnreadableFile

HEADER_BYTES = {1: 348, 2: 540}
# name: (offset in NIfTI-1, its type; offset in NIfTI-2, its type), types as in `struct`
FIELDS = {
    "size": (0, "i", 0, "i"),
    "intent": (68, "h", 504, "i"),
    "dim": (40, "8h", 16, "8q"),
    "datatype": (70, "h", 12, "h"),
    "bitpix": (72, "h", 14, "h"),
    "pixdim": (76, "8f", 104, "8d"),
    "offset": (108, "f", 168, "q"),
    "slope": (112, "f", 176, "d"),
    "intercept": (116, "f", 184, "d"),
    "units": (123, "B", 500, "i"),
    "qform_code": (252, "h", 344, "i"),
    "sform_code": (254, "h", 348, "i"),
    "quaternion": (256, "3f", 352, "3d"),
    "qoffset": (268, "3f", 376, "3d"),
    "srow": (280, "12f", 400, "12d"),
}
MAGICS = {1: ((344, b"n+1\0"), (344, b"ni1\0")), 2: ((4, b"n+2\0\r\n\x1a\n"), (4, b"ni2\0\r\n\x1a\n"))}
DATATYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8",
    128: "u1", 2304: "u1",
}  # fmt: skip
COLOURS = {128: 3, 2304: 4}  # RGB24 and RGBA32: so many bytes a voxel
_REFUSED = {
    1: "single bits", 32: "complex numbers", 1792: "complex numbers", 2048: "complex numbers",
    1536: "128-bit numbers",
}  # fmt: skip
_MM = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}  # unknown, metres, millimetres, microns
NO_ORIENTATION = "the header states no orientation"
FORMS_DIFFER = "the two orientations of the header (sform and qform) differ"
SFORM_BAD = "the first orientation of the header (sform) cannot be used, so the second (qform) was taken"


@dataclass(frozen=True)
class NiftiHeader:
    """What is needed to read voxels and place them.

    Args:
        version: 1 or 2.
        is_pair: voxels lie in another file (``.img``).
        shape: 1 to 7 axes as stated.
        dtype: of one stored number, with its byte order.
        colours: numbers a voxel: 3 or 4 for RGB and RGBA, else 1.
        offset: bytes before the voxels in their file.
        slope, intercept: value = slope * stored + intercept; 1 and 0 where the header asks for no scaling.
        affine: (4, 4), as in `thirdeye.case.geometry`; not yet judged.
        notes: what is doubtful about the affine.
    """

    version: int
    is_pair: bool
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    colours: int
    offset: int
    slope: float
    intercept: float
    affine: Affine
    notes: tuple[str, ...]


def version_of(head: bytes) -> int:
    """1 or 2 by the magic word; 0 when it is not NIfTI."""
    for version, marks in MAGICS.items():
        if any(head[place : place + len(mark)] == mark for place, mark in marks):
            return version
    return 0


def is_analyze(head: bytes) -> bool:
    """Whether it begins as Analyze 7.5 and NIfTI-1 do: with the header's length, in either byte order."""
    return head[:4] in (struct.pack("<i", HEADER_BYTES[1]), struct.pack(">i", HEADER_BYTES[1]))


def parse(head: bytes, name: str) -> NiftiHeader:
    """The header in the first 540 bytes of a file (348 suffice for NIfTI-1).

    Raises:
        UnreadableFile: damaged, or of a kind that is not read.
    """
    version = version_of(head)
    if not version and is_analyze(head):
        raise UnreadableFile(
            name,
            "has no NIfTI mark: it is damaged, or Analyze 7.5, which does not say where left is; convert it "
            "to NIfTI with the software that wrote it",
        )
    if not version or len(head) < HEADER_BYTES[version]:
        raise UnreadableFile(name, "is named like NIfTI but has no NIfTI header")
    order = _byte_order(head, version, name)
    fields = {key: _unpack(head, order, version, key) for key in FIELDS}
    is_pair = head[MAGICS[version][1][0] :].startswith(MAGICS[version][1][1])
    code = int(fields["datatype"][0])
    slope, intercept = _scaling(fields, name)
    shape = _shape(fields["dim"], name)
    with np.errstate(over="ignore", invalid="ignore"):  # damaged numbers are judged afterwards
        affine, notes = _affine(fields, shape)
    return NiftiHeader(
        version=version,
        is_pair=is_pair,
        shape=shape,
        dtype=_dtype(code, order, name),
        colours=COLOURS.get(code, 1),
        offset=_offset(fields["offset"][0], version, is_pair, name),
        slope=slope,
        intercept=intercept,
        affine=affine,
        notes=notes,
    )


def _byte_order(head: bytes, version: int, name: str) -> str:
    for order in "<>":
        if struct.unpack_from(f"{order}i", head)[0] == HEADER_BYTES[version]:
            return order
    raise UnreadableFile(name, "has a damaged NIfTI header (its length field is wrong)")


def _unpack(head: bytes, order: str, version: int, key: str) -> tuple[float, ...]:
    place, kind = FIELDS[key][2 * version - 2 : 2 * version]
    return struct.unpack_from(f"{order}{kind}", head, int(place))


def _shape(dim: tuple[float, ...], name: str) -> tuple[int, ...]:
    axes = int(dim[0])
    if not 1 <= axes <= 7:
        raise UnreadableFile(name, f"states {axes} axes; NIfTI has 1 to 7")
    return tuple(int(length) for length in dim[1 : axes + 1])


def _dtype(code: int, order: str, name: str) -> np.dtype[np.generic]:
    if code not in DATATYPES:
        raise UnreadableFile(name, f"holds {_REFUSED.get(code, f'values of the unknown type {code}')}")
    return np.dtype(order + DATATYPES[code])


def _offset(stated: float, version: int, is_pair: bool, name: str) -> int:
    least = 0 if is_pair else HEADER_BYTES[version] + 4
    if not isfinite(stated) or not (stated == 0 or least <= stated <= 1 << 28):
        raise UnreadableFile(name, f"states that its voxels start at byte {stated:g}, which cannot be")
    return max(least, int(stated))


def _scaling(fields: dict[str, tuple[float, ...]], name: str) -> tuple[float, float]:
    slope, intercept = fields["slope"][0], fields["intercept"][0]
    if not (isfinite(slope) and (slope == 0 or isfinite(intercept))):
        raise UnreadableFile(
            name, f"states the scale {slope:g} and intercept {intercept:g}, so its intensities are unknown"
        )
    return (slope, intercept) if slope else (1.0, 0.0)  # 0: no scaling, by the standard


def _affine(fields: dict[str, tuple[float, ...]], shape: tuple[int, ...]) -> tuple[Affine, tuple[str, ...]]:
    """The sform where it is stated and can be used, else the qform, else spacings alone."""
    unit = _MM.get(int(fields["units"][0]) & 7, 1.0)
    sform = _in_mm(sform_affine(fields["srow"]), unit) if fields["sform_code"][0] > 0 else None
    qform = None
    if fields["qform_code"][0] > 0:
        qform = _in_mm(qform_affine(fields["quaternion"], fields["qoffset"], fields["pixdim"]), unit)
    if sform is not None and qform is not None:
        if refusal(sform):
            return qform, (SFORM_BAD,)
        far = refusal(qform) != "" or farthest_mm(sform, qform, (*shape, 1, 1)) > _tolerance_mm(sform)
        return sform, (FORMS_DIFFER,) if far else ()
    if sform is not None:
        return sform, ()
    if qform is not None:
        return qform, ()
    spacing = [abs(length) for length in fields["pixdim"][1:4]]
    return _in_mm(np.diag([*spacing, 1.0]), unit), (NO_ORIENTATION,)


def _tolerance_mm(affine: Affine) -> float:
    """Half a voxel: closer than that, two placements mean the same."""
    return 0.5 * float(np.linalg.norm(affine[:3, :3], axis=0).min())


def _in_mm(affine: Affine, unit: float) -> Affine:
    if unit != 1.0:
        affine[:3] *= unit
    return affine


def sform_affine(srow: tuple[float, ...]) -> Affine:
    """Method 3: the affine as it stands."""
    return np.vstack([np.reshape(srow, (3, 4)), [0, 0, 0, 1]]).astype(np.float64)


def qform_affine(
    quaternion: tuple[float, ...], offset: tuple[float, ...], pixdim: tuple[float, ...]
) -> Affine:
    """Method 2: rotation from the quaternion (a, b, c, d), a >= 0 from the others; pixdim[0] = -1 flips k.

    A quaternion longer than 1 beyond rounding gives NaN, which is refused later.
    """
    b, c, d = quaternion
    square = 1.0 - (b * b + c * c + d * d)
    if square < 1e-7:  # as in nifti1_io.c: rounding; a half turn
        length = sqrt(b * b + c * c + d * d) if abs(square) < 1e-2 else float("nan")
        a, b, c, d = 0.0, b / length, c / length, d / length
    else:
        a = sqrt(square)
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    sizes = np.abs(pixdim[1:4]) * (1.0, 1.0, -1.0 if pixdim[0] < 0 else 1.0)
    affine = np.eye(4)
    affine[:3, :3] = rotation * sizes
    affine[:3, 3] = offset
    return affine
