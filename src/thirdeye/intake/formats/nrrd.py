"""NRRD: ``.nrrd``, and ``.nhdr`` with its voxels beside it. pynrrd reads the header; sizes are checked here.

Source: Teem, "Definition of NRRD File Format" (version 5).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.orientation import Affine, swap_lps
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.nifti_header import NO_ORIENTATION
from thirdeye.intake.voxel_file import HEADER_BYTES, Packing, beside, read_from
from thirdeye.intake.voxels import squeezed, volume_of

_NAMES = (".nrrd", ".nhdr")
_PACKINGS: dict[str, Packing] = {
    "raw": "raw", "gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2",
}  # fmt: skip
_TYPES = {
    "int8": "i1", "int8_t": "i1", "signed char": "i1", "uchar": "u1", "unsigned char": "u1", "uint8": "u1",
    "uint8_t": "u1", "short": "i2", "short int": "i2", "signed short": "i2", "signed short int": "i2",
    "int16": "i2", "int16_t": "i2", "ushort": "u2", "unsigned short": "u2", "unsigned short int": "u2",
    "uint16": "u2", "uint16_t": "u2", "int": "i4", "signed int": "i4", "int32": "i4", "int32_t": "i4",
    "uint": "u4", "unsigned int": "u4", "uint32": "u4", "uint32_t": "u4", "longlong": "i8", "long long": "i8",
    "long long int": "i8", "signed long long": "i8", "signed long long int": "i8", "int64": "i8",
    "int64_t": "i8", "ulonglong": "u8", "unsigned long long": "u8", "unsigned long long int": "u8",
    "uint64": "u8", "uint64_t": "u8", "float": "f4", "double": "f8",
}  # fmt: skip
# Names of the patient's frame to the signs of x, y, z that make it RAS+.
_SPACES = {
    "right-anterior-superior": (1, 1, 1), "ras": (1, 1, 1),
    "left-anterior-superior": (-1, 1, 1), "las": (-1, 1, 1),
    "left-posterior-superior": (-1, -1, 1), "lps": (-1, -1, 1),
}  # fmt: skip
_COLOURS = ("rgb-color", "3-color")


def recognise(head: bytes, name: str) -> bool:
    """By the magic word, or by name."""
    return head.startswith(b"NRRD00") or name.endswith(_NAMES)


def read(path: Path, name: str, selector: str) -> Volume:
    """Voxels with their place in the patient; an axis without a direction in space becomes the channels.

    Raises:
        UnreadableFile: damaged, too large, or of a kind that is not read (voxels in several files, as text).
    """
    if selector:
        raise UnreadableFile(name, f"is one volume; it has no part '{selector}'")
    fields, end = _header(path, name)
    sizes = [int(size) for size in np.ravel(fields.get("sizes", ()))]
    if not 2 <= len(sizes) <= 5 or fields.get("dimension") != len(sizes):
        raise UnreadableFile(name, f"states {fields.get('dimension')} axes and {len(sizes)} sizes")
    spatial = _spatial(fields, len(sizes), name)
    data, skip, packing = _where(path, fields, end, name)
    stored = read_from(data, skip, packing, sizes, _dtype(fields, name), name)
    voxels = _channels_last(stored, spatial, name)
    affine, note = _affine(fields, spatial, name)
    kinds = [str(kind).lower() for kind in fields.get("kinds", ())]
    is_colour = any(kind in _COLOURS for kind in kinds) and voxels.shape[3:] == (3,)
    return volume_of(
        voxels,
        affine,
        name,
        attributes={
            "format": "NRRD",
            "geometry": note,
            "photometric": "RGB" if is_colour and voxels.dtype == np.uint8 else "",
        },
    )


def _header(path: Path, name: str) -> tuple[Mapping[str, Any], int]:
    import nrrd  # deferred: only whoever reads NRRD pays for it

    with path.open("rb") as file:
        text = io.BytesIO(file.read(HEADER_BYTES))
    try:
        fields = nrrd.read_header(text)
    except Exception as error:  # the library raises whatever its parsers do
        raise UnreadableFile(name, "has a damaged NRRD header") from error
    return {str(key).lower(): value for key, value in fields.items()}, text.tell()


def _dtype(fields: Mapping[str, Any], name: str) -> np.dtype[np.generic]:
    stated = str(fields.get("type", "")).lower()
    if stated not in _TYPES:
        raise UnreadableFile(name, f"holds values of the unknown type '{stated[:40]}'")
    return np.dtype((">" if str(fields.get("endian", "little")).lower() == "big" else "<") + _TYPES[stated])


def _where(path: Path, fields: Mapping[str, Any], end: int, name: str) -> tuple[Path, int, Packing]:
    """File, first byte and packing of the voxels."""
    packing = _PACKINGS.get(str(fields.get("encoding", "raw")).lower())
    if packing is None:
        raise UnreadableFile(name, f"is packed as '{fields.get('encoding')}'; save it as raw or gzip")
    named = fields.get("data file", fields.get("datafile"))
    lines = int(fields.get("line skip", fields.get("lineskip", 0)))
    skip = int(fields.get("byte skip", fields.get("byteskip", 0)))
    if lines or skip < -1 or (skip and packing != "raw"):
        raise UnreadableFile(name, "skips lines or packed bytes before its voxels, which is not read")
    if named is None:
        return path, skip if skip < 0 else end + skip, packing
    if str(named).upper().startswith("LIST") or "%" in str(named):
        raise UnreadableFile(name, "has its voxels in several files; save it as one .nrrd")
    return beside(path, str(named), name), skip, packing


def _spatial(fields: Mapping[str, Any], axes: int, name: str) -> list[int]:
    """Which axes lie in space: those with a direction, or by their kinds, or the first three."""
    directions = fields.get("space directions")
    if directions is not None:
        held = [i for i, d in enumerate(directions) if d is not None and not np.isnan(d).all()]
        if len(directions) != axes or not held:
            raise UnreadableFile(name, f"states {len(directions)} directions for {axes} axes")
    else:
        kinds = [str(kind).lower() for kind in fields.get("kinds", ["domain"] * axes)]
        held = [i for i, kind in enumerate(kinds) if kind in ("domain", "space", "none", "???")][:3]
    if not 2 <= len(held) <= 3:
        raise UnreadableFile(name, f"has {len(held)} axes in space; expected three (or two)")
    return held


def _channels_last(stored: NDArray[np.generic], spatial: Sequence[int], name: str) -> NDArray[np.generic]:
    others = [axis for axis in range(stored.ndim) if axis not in spatial]
    moved = stored.transpose(*spatial, *others)
    if len(spatial) == 2:
        moved = moved[:, :, np.newaxis]
    return squeezed(moved, name) if moved.ndim != 4 or moved.shape[3] == 1 else moved


def _affine(fields: Mapping[str, Any], spatial: Sequence[int], name: str) -> tuple[Affine, str]:
    """Affine in RAS+ and what is doubtful about it."""
    affine = np.eye(4)
    directions, origin = fields.get("space directions"), fields.get("space origin")
    space = str(fields.get("space", "")).lower()
    if directions is None:
        spacings = fields.get("spacings")
        for index, axis in enumerate(spatial):
            size = float(spacings[axis]) if spacings is not None and len(spacings) > axis else 1.0
            affine[index, index] = size if np.isfinite(size) else 1.0
        return affine, NO_ORIENTATION
    for index, axis in enumerate(spatial):
        vector = np.asarray(directions[axis], np.float64)
        if vector.shape not in ((3,), (2,)):
            raise UnreadableFile(name, f"states a direction of {vector.size} numbers")
        affine[: vector.size, index] = vector
    if origin is not None and np.size(origin) in (2, 3):
        affine[: np.size(origin), 3] = origin
    if space in _SPACES:
        signs = np.array(_SPACES[space], np.float64)
        affine[:3] = np.where(signs[:, None] < 0, -affine[:3], affine[:3])
        return affine, ""
    return swap_lps(affine), NO_ORIENTATION


FORMATS.register("nrrd")(Format("NRRD", "volume", _NAMES, recognise, read))
