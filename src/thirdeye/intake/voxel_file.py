"""Voxels that lie beside or behind a header of text (MetaImage, NRRD): found, unpacked, never trusted."""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UnreadableFile
from thirdeye.intake.voxels import expected_bytes, read_voxels, unpacked

Packing = Literal["raw", "zlib", "gzip", "bzip2"]
HEADER_BYTES = 1 << 20  # a header of text that is longer is none


def beside(path: Path, named: str, name: str) -> Path:
    """The file with the voxels that a header names; it has to lie in the header's folder or below.

    Raises:
        UnreadableFile: the name leads elsewhere, or there is no such file.
    """
    parts = named.replace("\\", "/").split("/")
    if not named or named.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in named:
        raise UnreadableFile(name, "names a file with voxels outside its folder, which is not followed")
    found = path.parent.joinpath(*parts)
    try:
        is_there = found.is_file()
    except OSError:  # a name that is too long for a file
        is_there = False
    if not is_there:
        raise UnreadableFile(name, f"is a header, but its voxels '{parts[-1][:60]}' are not beside it")
    if not found.resolve().is_relative_to(path.parent.resolve()):
        raise UnreadableFile(name, "names a file with voxels outside its folder, which is not followed")
    return found


def read_from(
    path: Path, skip: int, packing: Packing, shape: Sequence[int], dtype: np.dtype[np.generic], name: str
) -> NDArray[np.generic]:
    """Voxels of `shape`, first index fastest, from a file that holds them from byte `skip` on.

    Args:
        path: the file; a header itself where voxels follow it.
        skip: bytes before them; -1: they are the last bytes of the file.
        packing: how they are packed.
        shape, dtype, name: see `thirdeye.intake.voxels.read_voxels`.

    Raises:
        UnreadableFile: too large, cut off, or damaged.
    """
    size = expected_bytes(shape, dtype, name)
    on_disk = path.stat().st_size
    if skip < 0:
        skip = max(0, on_disk - size)
    with unpacked(path, name, skip=skip, compressed=packing == "gzip") as stream:
        if packing == "zlib":
            stream = cast(BinaryIO, _Inflated(stream))
        elif packing == "bzip2":
            stream, on_disk = cast(BinaryIO, bz2.BZ2File(stream)), size  # bzip2 has no bound worth checking
        return read_voxels(stream, shape, dtype, name, file_bytes=on_disk)


class _Inflated(io.RawIOBase):
    """A zlib stream, unpacked as far as it is read."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._inflate = zlib.decompressobj()
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._inflate.eof:
            fed = self._waiting or self._packed.read(1 << 16)
            if not fed:
                raise EOFError
            out = self._inflate.decompress(fed, len(buffer))
            self._waiting = self._inflate.unconsumed_tail
            if out:
                buffer[: len(out)] = out
                return len(out)
        return 0
