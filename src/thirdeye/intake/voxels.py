"""Voxels out of files that nobody vouches for: sizes are believed only after they were checked."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.affine import refusal
from thirdeye.case.geometry import Geometry
from thirdeye.case.orientation import Affine
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile

MAX_BYTES = 1 << 30  # of unpacked voxels: 2,048 slices of 512 x 512 at 16 bits
_MAX_TAIL = 1 << 20
_MOST_DEFLATED = 1032  # deflate cannot shrink more (zlib's technical notes), so a small file holds few voxels
_BLOCK = 1 << 20
_RESOLVED = 1 << 22  # steps of the slope from 0 within which float32 keeps neighbouring values apart
GZIP_MARK = b"\x1f\x8b"


def expected_bytes(shape: Sequence[int], dtype: np.dtype[np.generic], name: str) -> int:
    """Size of the voxels that a header announces, before anything is allocated.

    Raises:
        UnreadableFile: an axis without voxels, or more than `MAX_BYTES` in all.
    """
    if min(shape) < 1:
        raise UnreadableFile(name, f"announces the size {_times(shape)}; every axis needs at least one voxel")
    size = prod(int(length) for length in shape) * dtype.itemsize
    if size > MAX_BYTES:
        raise UnreadableFile(
            name,
            f"announces {_times(shape)} voxels, {size / 2**30:,.1f} GiB; "
            f"at most {MAX_BYTES / 2**30:.0f} GiB is read",
        )
    return size


def _times(shape: Sequence[int]) -> str:
    return " x ".join(str(length) for length in shape)


@contextmanager
def unpacked(path: Path, name: str, *, skip: int = 0, compressed: bool | None = None) -> Iterator[BinaryIO]:
    """The bytes of a file from `skip` on, through gzip where it is compressed.

    Args:
        path, name: the file, and its name for messages.
        skip: bytes of the file before the compressed or plain part.
        compressed: whether that part is a gzip stream; None looks at its first bytes.

    Raises:
        UnreadableFile: whatever goes wrong while the block reads.
    """
    try:
        with path.open("rb") as file:
            file.seek(skip)
            if compressed is None:
                compressed = file.read(2) == GZIP_MARK
                file.seek(skip)
            if not compressed:
                yield file
                return
            with gzip.GzipFile(fileobj=file) as stream:
                yield stream  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(name, f"is damaged: its gzip stream {_gzip_words(error)}") from error
    except MemoryError as error:
        raise UnreadableFile(name, "needs more memory than may be used for one file") from error
    except OSError as error:
        raise UnreadableFile(name, f"cannot be opened ({error.strerror or 'read error'})") from error


def _gzip_words(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "ends too early"
    return "fails its checksum" if "CRC" in str(error) or "length" in str(error) else "cannot be unpacked"


def read_voxels(
    stream: BinaryIO, shape: Sequence[int], dtype: np.dtype[np.generic], name: str, *, file_bytes: int
) -> NDArray[np.generic]:
    """Voxels of `shape` in Fortran order (first index fastest), in the machine's byte order.

    Args:
        stream: stands at the first voxel; read to its end, so that a checksum is verified.
        shape, dtype: as the header announces them.
        name: for messages.
        file_bytes: size of the file on disk, which bounds what it can hold.

    Raises:
        UnreadableFile: too large, too short, or much longer than announced.
    """
    size = expected_bytes(shape, dtype, name)
    if size > file_bytes * _MOST_DEFLATED:
        raise UnreadableFile(name, f"is cut off: {size:,} bytes of voxels cannot come from {file_bytes:,}")
    buffer = np.empty(size, np.uint8)
    view = memoryview(buffer.data)
    got = 0
    while got < size:
        count = stream.readinto(view[got : got + _BLOCK])  # type: ignore[attr-defined]
        if not count:
            raise UnreadableFile(name, f"is cut off: {got:,} of {size:,} bytes of voxels are there")
        got += count
    _read_tail(stream, name)
    voxels = buffer.view(dtype).reshape(tuple(shape), order="F")
    return voxels if dtype.isnative else voxels.astype(dtype.newbyteorder("="), order="F")


def _read_tail(stream: BinaryIO, name: str) -> None:
    """What follows the voxels: a little is padding, much is not what the header says."""
    more = 0
    while block := stream.read(_BLOCK):
        more += len(block)
        if more > _MAX_TAIL:
            raise UnreadableFile(name, "holds much more data than its header announces")


def volume_of(
    voxels: NDArray[np.generic],
    affine: Affine,
    name: str,
    *,
    attributes: Mapping[str, str],
    modality: str | None = None,
) -> Volume:
    """A volume whose affine was checked and whose voxels are numbers: NaN and infinity become 0.

    How many did is told in the attribute "not_finite".

    Raises:
        UnreadableFile: the affine cannot place voxels, or no voxel is a number.
    """
    if reason := refusal(affine):
        raise UnreadableFile(name, reason)
    told = dict(attributes)
    if voxels.dtype.kind == "f" and not (np.isfinite(voxels.min()) and np.isfinite(voxels.max())):
        finite = np.isfinite(voxels)
        if not finite.any():
            raise UnreadableFile(name, "has no voxel that is a number (all are NaN or infinity)")
        told["not_finite"] = str(int(finite.size - np.count_nonzero(finite)))
        voxels = np.where(finite, voxels, voxels.dtype.type(0))
    return Volume(voxels, Geometry(np.asarray(affine, np.float64)), name, modality, told)


def squeezed(voxels: NDArray[np.generic], name: str) -> NDArray[np.generic]:
    """(I, J, K) or (I, J, K, C): axes of length 1 go where that is needed, two axes become three.

    Raises:
        UnreadableFile: more axes than that, or only one.
    """
    if voxels.ndim < 2:
        raise UnreadableFile(name, "has one axis only, so it is no volume")
    shape = [*voxels.shape[:3], *([1] * (3 - voxels.ndim))]
    more = [length for length in voxels.shape[3:] if length > 1]
    if len(more) > 1:
        raise UnreadableFile(
            name,
            f"has {_times(voxels.shape)} voxels; expected three axes and at most one of channels or time",
        )
    return voxels.reshape((*shape, *more), order="F")


def scaled(voxels: NDArray[np.generic], slope: float, intercept: float) -> NDArray[np.generic]:
    """``slope * voxels + intercept``; integers stay integers where nothing is lost, else float32 or float64.

    float32 serves integers up to 16 bits, whose values it keeps apart unless the intercept dwarfs them.
    """
    if slope == 1 and intercept == 0:
        return voxels
    if voxels.dtype.kind in "iu" and slope == 1 and float(intercept).is_integer():
        low, high = int(voxels.min()) + int(intercept), int(voxels.max()) + int(intercept)
        for kind in (voxels.dtype, np.dtype(np.int16), np.dtype(np.int32)):
            limits = np.iinfo(kind.str)
            if limits.min <= low and high <= limits.max:
                shifted: NDArray[np.integer] = voxels.astype(kind)  # what wraps around comes back in the sum
                shifted += np.array(int(intercept), np.int64).astype(kind)
                return shifted
    is_short = voxels.dtype.itemsize <= 2 or voxels.dtype == np.float32
    wide = np.float32 if is_short and abs(intercept) <= _RESOLVED * abs(slope) else np.float64
    result: NDArray[np.floating] = voxels.astype(wide)
    with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite is told as not finite
        factor, offset = np.array([slope, intercept], np.float64).astype(wide)
        result *= factor
        result += offset
    return result
