"""NIfTI-1 and NIfTI-2: ``.nii``, ``.nii.gz``, and pairs ``.hdr`` with ``.img``."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.nifti_header import HEADER_BYTES, NiftiHeader, is_analyze, parse, version_of
from thirdeye.intake.voxels import (
    GZIP_MARK,
    expected_bytes,
    read_voxels,
    scaled,
    squeezed,
    unpacked,
    volume_of,
)

_NAMES = (".nii", ".nii.gz")
_HEAD = HEADER_BYTES[2]


def recognise(head: bytes, name: str) -> bool:
    """By the magic word, also under gzip; a file named so is NIfTI, if a damaged one."""
    if name.endswith(_NAMES):
        return True
    if head.startswith(GZIP_MARK):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
        except zlib.error:
            return False
    return bool(version_of(head)) or (name.endswith(".hdr") and is_analyze(head))


def read(path: Path, name: str, selector: str) -> Volume:
    """Voxels in physical units with their place in the patient.

    Raises:
        UnreadableFile: damaged, too large, without a usable affine, or of a kind that is not read.
    """
    if selector:
        raise UnreadableFile(name, f"is one volume; it has no part '{selector}'")
    with path.open("rb") as file:
        is_packed = file.read(2) == GZIP_MARK
    if path.name.lower().endswith(".gz") and not is_packed:
        raise UnreadableFile(name, "is named .gz but is not packed with gzip; fetch it again")
    with unpacked(path, name, compressed=is_packed) as stream:
        header = parse(stream.read(_HEAD), name)
    voxels = _voxels(path, name, header)
    return volume_of(
        voxels,
        header.affine,
        name,
        attributes={
            "format": f"NIfTI-{header.version}",
            "geometry": "; ".join(header.notes),
            "photometric": "RGB" if header.colours > 1 else "",
        },
    )


def _voxels(path: Path, name: str, header: NiftiHeader) -> NDArray[np.generic]:
    """(I, J, K) or (I, J, K, C); colours become channels."""
    shape = header.shape if header.colours == 1 else (header.colours, *header.shape)
    expected_bytes(shape, header.dtype, name)
    if header.is_pair:
        path, name = _partner(path, name)
    with unpacked(path, name) as stream:
        _skip(stream, header.offset, name)
        stored = read_voxels(stream, shape, header.dtype, name, file_bytes=path.stat().st_size)
    if header.colours == 1:
        return scaled(squeezed(stored, name), header.slope, header.intercept)
    return np.stack([squeezed(stored[colour], name) for colour in range(3)], axis=-1)  # no transparency


def _skip(stream: BinaryIO, count: int, name: str) -> None:
    """Read past header and extensions; a gzip stream cannot jump."""
    while count > 0:
        block = stream.read(min(count, 1 << 20))
        if not block:
            raise UnreadableFile(name, "is cut off before its first voxel")
        count -= len(block)


def _partner(path: Path, name: str) -> tuple[Path, str]:
    """The ``.img`` beside a ``.hdr``."""
    stem = path.name[: -len(".hdr.gz")] if path.name.lower().endswith(".hdr.gz") else path.stem
    for suffix in (".img", ".img.gz", ".IMG"):
        partner = path.with_name(stem + suffix)
        if partner.is_file():
            return partner, name
    raise UnreadableFile(name, f"is the header of a pair, but '{stem}.img' is not beside it")


FORMATS.register("nifti")(Format("NIfTI", "volume", (*_NAMES, ".hdr"), recognise, read))
