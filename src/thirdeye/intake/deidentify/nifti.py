"""A NIfTI file without its free texts and extensions; no voxel is touched (nifti1.h, nifti2.h)."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass

MOST_BYTES = 2 * 1024**3
_GZIP = b"\x1f\x8b"
_HEADER = 544
_SURELY_FINE, _MOST_RATIO = 256 * 1024**2, 200  # volumes shrink by 2 to 10, masks by 300
_MOST_BEYOND = 1 << 20  # bytes behind the voxels
_TWO_PARTS = "is NIfTI in two parts (.hdr and .img); convert it to .nii"


@dataclass(frozen=True)
class _Parts:
    """A header without its texts, and where the voxels are in the original."""

    header: bytes
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


def strip_nifti(content: bytes) -> bytes:
    """The same voxels and geometry; texts, auxiliary file, extensions and what follows are gone.

    Args:
        content: of a NIfTI-1 or NIfTI-2 file in one part (``.nii``, ``.nii.gz``).

    Raises:
        ValueError: it is not NIfTI, cut off, damaged, or in two parts; goes on from its name.
    """
    if content[:2] != _GZIP:
        return _stripped(content, _parts(content[:_HEADER]))
    parts = _parts(_inflated(content, _HEADER))
    if parts.length > max(_SURELY_FINE, _MOST_RATIO * len(content)):
        raise ValueError(f"claims to inflate to more than {_MOST_RATIO} times its size")
    plain = _inflated(content, parts.end, whole=True)
    return gzip.compress(_stripped(plain, parts), compresslevel=6, mtime=0)


def _inflated(content: bytes, length: int, *, whole: bool = False) -> bytes:
    """The first bytes of a gzip file; `whole` also reads to its end, to see that it is undamaged.

    A bomb is stopped: a file may hold little more than its header says.
    """
    inflater = zlib.decompressobj(31)
    try:
        plain = inflater.decompress(content, max(1, length))
        beyond = inflater.decompress(inflater.unconsumed_tail, _MOST_BEYOND) if whole else b""
    except zlib.error as error:
        raise ValueError("is a damaged gzip file") from error
    if whole and not inflater.eof:
        more = inflater.unconsumed_tail or len(beyond) == _MOST_BEYOND
        raise ValueError("holds far more than its header says" if more else "is a gzip file that is cut off")
    return plain


def _stripped(content: bytes, parts: _Parts) -> bytes:
    if parts.end > len(content):
        raise ValueError("is NIfTI that is cut off")
    return parts.header + bytes(4) + content[parts.start : parts.end]


def _parts(head: bytes) -> _Parts:
    for order in "<>":
        size = struct.unpack_from(order + "i", head, 0)[0] if len(head) >= 4 else 0
        if size in (348, 540) and len(head) >= size:
            return _first(head, order) if size == 348 else _second(head, order)
    raise ValueError("is not NIfTI")


def _first(head: bytes, order: str) -> _Parts:
    """NIfTI-1: data_type, db_name, extents, session_error, descrip, aux_file, intent_name."""
    if head[344:348] != b"n+1\0":
        raise ValueError(_TWO_PARTS)
    (start,) = struct.unpack_from(order + "f", head, 108)
    sizes, (bits,) = struct.unpack_from(order + "8h", head, 40), struct.unpack_from(order + "h", head, 72)
    header = bytearray(head[:348])
    for at, length in ((4, 10), (14, 18), (32, 4), (36, 2), (148, 80), (228, 24), (328, 16)):
        header[at : at + length] = bytes(length)
    struct.pack_into(order + "f", header, 108, 352.0)
    return _Parts(bytes(header), _start(start, 352), _needed_bytes(sizes, bits))


def _second(head: bytes, order: str) -> _Parts:
    """NIfTI-2: descrip, aux_file, intent_name, unused_str."""
    if head[4:8] != b"n+2\0":
        raise ValueError(_TWO_PARTS)
    (start,) = struct.unpack_from(order + "q", head, 168)
    sizes, (bits,) = struct.unpack_from(order + "8q", head, 16), struct.unpack_from(order + "h", head, 14)
    header = bytearray(head[:540])
    for at, length in ((240, 80), (320, 24), (508, 16), (525, 15)):
        header[at : at + length] = bytes(length)
    struct.pack_into(order + "q", header, 168, 544)
    return _Parts(bytes(header), _start(start, 544), _needed_bytes(sizes, bits))


def _start(value: float, least: int) -> int:
    """Where voxels begin: 0 means right behind the header (nifti1.h, vox_offset)."""
    if not math.isfinite(value) or not (value == 0 or least <= value <= MOST_BYTES):
        raise ValueError("is NIfTI whose voxels do not begin where its header says")
    return int(value) or least


def _needed_bytes(sizes: tuple[int, ...], bits: int) -> int:
    """Bytes of all voxels, by the header."""
    if not 1 <= sizes[0] <= 7 or min(sizes[1 : sizes[0] + 1]) < 1 or bits < 1:
        raise ValueError("is NIfTI with impossible dimensions")
    needed = (math.prod(sizes[1 : sizes[0] + 1]) * bits + 7) // 8
    if needed > MOST_BYTES:
        raise ValueError(f"claims more than {MOST_BYTES // 1024**3} GB of voxels")
    return needed
