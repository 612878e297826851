"""A NIfTI file without its free texts and extensions; no voxel is touched (nifti1.h, nifti2.h)."""

from __future__ import annotations

import gzip
import math
import struct
import zlib

MOST_BYTES = 2 * 1024**3
_GZIP = b"\x1f\x8b"


def strip_nifti(content: bytes) -> bytes:
    """The same voxels and geometry; names, descriptions, auxiliary file and extensions are gone.

    Args:
        content: of a NIfTI-1 or NIfTI-2 file in one part (``.nii``, ``.nii.gz``).

    Raises:
        ValueError: it is not NIfTI, cut off, or in two parts; goes on from its name.
    """
    if content[:2] == _GZIP:
        return gzip.compress(_stripped(_inflated(content)), compresslevel=6, mtime=0)
    return _stripped(content)


def _inflated(content: bytes) -> bytes:
    """Bounded: the header says how much there is to come, a bomb is stopped at the limit."""
    inflater = zlib.decompressobj(31)
    try:
        plain = inflater.decompress(content, MOST_BYTES)
    except zlib.error as error:
        raise ValueError("is a damaged gzip file") from error
    if inflater.unconsumed_tail:
        raise ValueError(f"inflates to more than {MOST_BYTES // 1024**3} GB")
    if not inflater.eof:
        raise ValueError("is a gzip file that is cut off")
    return plain


def _stripped(content: bytes) -> bytes:
    for order in "<>":
        size = struct.unpack_from(order + "i", content, 0)[0] if len(content) >= 4 else 0
        if size in (348, 540):
            return _first(content, order) if size == 348 else _second(content, order)
    raise ValueError("is not NIfTI")


def _first(content: bytes, order: str) -> bytes:
    """NIfTI-1: data_type, db_name, extents, session_error, descrip, aux_file, intent_name."""
    if content[344:348] != b"n+1\0":
        raise ValueError("is NIfTI in two parts (.hdr and .img); convert it to .nii")
    (start,) = struct.unpack_from(order + "f", content, 108)
    sizes, (bits,) = (
        struct.unpack_from(order + "8h", content, 40),
        struct.unpack_from(order + "h", content, 72),
    )
    header = bytearray(content[:348])
    for at, length in ((4, 10), (14, 18), (32, 4), (36, 2), (148, 80), (228, 24), (328, 16)):
        header[at : at + length] = bytes(length)
    struct.pack_into(order + "f", header, 108, 352.0)
    return bytes(header) + bytes(4) + _voxels(content, start, 352, _needed_bytes(sizes, bits))


def _second(content: bytes, order: str) -> bytes:
    """NIfTI-2: descrip, aux_file, intent_name, unused_str."""
    if content[4:8] != b"n+2\0":
        raise ValueError("is NIfTI in two parts (.hdr and .img); convert it to .nii")
    (start,) = struct.unpack_from(order + "q", content, 168)
    sizes, (bits,) = (
        struct.unpack_from(order + "8q", content, 16),
        struct.unpack_from(order + "h", content, 14),
    )
    header = bytearray(content[:540])
    for at, length in ((240, 80), (320, 24), (508, 16), (525, 15)):
        header[at : at + length] = bytes(length)
    struct.pack_into(order + "q", header, 168, 544)
    return bytes(header) + bytes(4) + _voxels(content, start, 544, _needed_bytes(sizes, bits))


def _needed_bytes(sizes: tuple[int, ...], bits: int) -> int:
    """Bytes of all voxels, by the header."""
    if not 1 <= sizes[0] <= 7 or min(sizes[1 : sizes[0] + 1]) < 1 or bits < 1:
        raise ValueError("is NIfTI with impossible dimensions")
    return (math.prod(sizes[1 : sizes[0] + 1]) * bits + 7) // 8


def _voxels(content: bytes, start: float, least: int, needed: int) -> bytes:
    """The voxels, and nothing of what comes before or after them."""
    if not (math.isfinite(start) and least <= start <= len(content)):
        raise ValueError("is NIfTI whose voxels do not begin where its header says")
    first = int(start)
    if first + needed > len(content):
        raise ValueError("is NIfTI that is cut off")
    return content[first : first + needed]
