"""MetaImage: ``.mha``, and ``.mhd`` with ``.raw`` or ``.zraw``.

Source: ITK, MetaIO documentation (MetaImage). A small reader of our own: the only package that reads the
format alone wraps a C++ library, and SimpleITK weighs 260 MB.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from thirdeye.case.orientation import Affine, affine_from_lps
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.nifti_header import NO_ORIENTATION
from thirdeye.intake.voxel_file import HEADER_BYTES, beside, read_from
from thirdeye.intake.voxels import squeezed, volume_of

_NAMES = (".mha", ".mhd")
_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
_MODALITIES = {"MET_MOD_CT": "CT", "MET_MOD_MR": "MR", "MET_MOD_NM": "NM", "MET_MOD_US": "US"}
_DATA = "elementdatafile"


def recognise(head: bytes, name: str) -> bool:
    """By name, or by the first field of the header."""
    return name.endswith(_NAMES) or head.startswith((b"ObjectType = Image", b"NDims = "))


def read(path: Path, name: str, selector: str) -> Volume:
    """Voxels with their place in the patient; MetaImage states it in LPS+, as ITK does.

    Raises:
        UnreadableFile: damaged, too large, or of a kind that is not read (voxels in several files, as text).
    """
    if selector:
        raise UnreadableFile(name, f"is one volume; it has no part '{selector}'")
    fields, end = header_of(path, name)
    axes, channels = _whole(fields, "ndims", name)[0], _whole(fields, "elementnumberofchannels", name, "1")[0]
    sizes = _whole(fields, "dimsize", name)
    if not 2 <= axes <= 4 or len(sizes) != axes or not 1 <= channels <= 1024:
        raise UnreadableFile(name, f"states {axes} axes, {len(sizes)} sizes and {channels} channels")
    shape = sizes if channels == 1 else (channels, *sizes)
    data, skip = _where(path, fields, end, name)
    is_packed = _flag(fields, "compresseddata")
    voxels = read_from(data, skip, "zlib" if is_packed else "raw", shape, _dtype(fields, name), name)
    if channels > 1:
        voxels = np.moveaxis(voxels.reshape((channels, *sizes[:3], *([1] * (3 - axes))), order="F"), 0, -1)
    affine, note = _affine(fields, axes, name)
    return volume_of(
        voxels if channels > 1 else squeezed(voxels, name),
        affine,
        name,
        attributes={
            "format": "MetaImage",
            "geometry": note,
            "photometric": "RGB" if channels == 3 and voxels.dtype == np.uint8 else "",
        },
        modality=_MODALITIES.get(fields.get("modality", "")),
    )


def header_of(path: Path, name: str) -> tuple[dict[str, str], int]:
    """Fields (lower-case name to value) up to ElementDataFile, and the byte behind them.

    Raises:
        UnreadableFile: there is no such field where a header may be.
    """
    with path.open("rb") as file:
        text = file.read(HEADER_BYTES)
    fields: dict[str, str] = {}
    place = 0
    while (end := text.find(b"\n", place)) >= 0 or place < len(text):
        end = len(text) if end < 0 else end
        key, equals, value = text[place:end].decode("latin-1").partition("=")
        if not equals:
            break
        fields[key.strip().lower()] = value.strip()
        place = end + 1
        if key.strip().lower() == _DATA:
            return fields, place
    raise UnreadableFile(name, "has a damaged MetaImage header (it does not end in ElementDataFile)")


def _where(path: Path, fields: Mapping[str, str], end: int, name: str) -> tuple[Path, int]:
    """File and first byte of the voxels."""
    named = fields[_DATA]
    if fields.get("binarydata", "True").lower() != "true":
        raise UnreadableFile(name, "holds its voxels as text; save it as binary")
    if named.lower() == "local":
        return path, end
    if named.upper().startswith("LIST") or "%" in named:
        raise UnreadableFile(name, "has its voxels in several files; save it as one .mha")
    skip = _whole(fields, "headersize", name, "0")[0]
    if skip < -1:
        raise UnreadableFile(name, f"states HeaderSize = {skip}")
    return beside(path, named, name), skip


def _dtype(fields: Mapping[str, str], name: str) -> np.dtype[np.generic]:
    stated = fields.get("elementtype", "")
    kind = _TYPES.get(stated.removesuffix("_ARRAY"))
    if kind is None:
        raise UnreadableFile(name, f"holds values of the unknown type '{stated[:40]}'")
    is_big = _flag(fields, "binarydatabyteordermsb") or _flag(fields, "elementbyteordermsb")
    return np.dtype((">" if is_big else "<") + kind)


def _flag(fields: Mapping[str, str], key: str) -> bool:
    return fields.get(key, "").lower() == "true"


def _affine(fields: Mapping[str, str], axes: int, name: str) -> tuple[Affine, str]:
    """Affine, and what is doubtful about it. TransformMatrix lists the direction of i, of j, then of k."""
    spacing, origin, directions = np.ones(3), np.zeros(3), np.eye(3)
    used = min(axes, 3)
    stated = _numbers(fields, ("elementspacing", "elementsize"), axes, name)
    if stated is not None:
        spacing[:used] = np.abs(stated[:used])
    offset = _numbers(fields, ("offset", "position", "origin"), axes, name)
    if offset is not None:
        origin[:used] = offset[:used]
    matrix = _numbers(fields, ("transformmatrix", "rotation", "orientation"), axes * axes, name)
    if matrix is not None:
        directions[:used, :used] = matrix.reshape(axes, axes)[:used, :used].T
    known = matrix is not None and offset is not None
    return affine_from_lps(origin, directions, spacing), "" if known else NO_ORIENTATION


def _numbers(
    fields: Mapping[str, str], keys: tuple[str, ...], length: int, name: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    key = next((key for key in keys if key in fields), None)
    if key is None:
        return None
    try:
        values = np.array([float(word) for word in fields[key].split()])
    except ValueError:
        values = np.empty(0)
    if len(values) != length:
        raise UnreadableFile(name, f"should state {length} numbers as {key}, not '{fields[key][:60]}'")
    return values


def _whole(fields: Mapping[str, str], key: str, name: str, default: str = "") -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in fields.get(key, default)[:200].split()) or (0,)
    except ValueError:
        raise UnreadableFile(name, f"states {key} = '{fields[key][:60]}', not whole numbers") from None


FORMATS.register("metaimage")(Format("MetaImage", "volume", _NAMES, recognise, read))
