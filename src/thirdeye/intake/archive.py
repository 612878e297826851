"""Arrays in an ``.npz`` archive, opened once and kept for as long as they are in use."""

from __future__ import annotations

import threading
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile

MAX_ARCHIVE_BYTES = 8 * 1024**3
_KEPT = 6  # the three parts of two archives
_PARTS = {"train": "train", "validation": "val", "test": "test"}

_lock = threading.Lock()
_cache: OrderedDict[tuple[str, int, int, str], NDArray[np.generic]] = OrderedDict()


def archive_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Array name to shape, read from the headers without decompressing anything large.

    Raises:
        UnreadableFile: not a zip of numpy arrays, or larger than `MAX_ARCHIVE_BYTES` when unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            claimed = sum(entry.file_size for entry in archive.infolist())
            if claimed > MAX_ARCHIVE_BYTES:
                raise UnreadableFile(
                    path.name,
                    f"unpacks to {claimed / 1024**3:.0f} GB, more than the limit of "
                    f"{MAX_ARCHIVE_BYTES // 1024**3} GB; save its images into a folder per class",
                )
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            return {name[:-4]: _shape(archive, name) for name in names}
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(path.name, f"is not a readable .npz archive ({error})") from error


def _shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            return np.lib.format.read_array_header_1_0(file)[0]
        return np.lib.format.read_array_header_2_0(file)[0]


def archive_array(path: Path, name: str) -> NDArray[np.generic]:
    """One array of the archive, never an object array; kept in memory for the next call.

    Raises:
        UnreadableFile: there is no such array, it is damaged, or it holds Python objects.
    """
    status = path.stat()
    key = (str(path.resolve()), status.st_mtime_ns, status.st_size, name)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
        array = _load(path, name)
        _cache[key] = array
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
        return array


def _load(path: Path, name: str) -> NDArray[np.generic]:
    archive_shapes(path)  # refuses what is too large
    try:
        with np.load(path, allow_pickle=False) as archive:
            array = archive[name]
    except KeyError:
        raise UnreadableFile(path.name, f"has no array named '{name}'") from None
    except Exception as error:
        raise UnreadableFile(path.name, f"the array '{name}' is damaged ({error})") from error
    array.setflags(write=False)
    return array


def read_archived(path: Path, reference: str) -> Image:
    """The image ``"train/12"``, ``"validation/3"`` or ``"test/0"`` of a MedMNIST archive.

    Raises:
        UnreadableFile: no such image, or pixels that are not (H, W) or (H, W, 3) of 8 or 16 bits.
    """
    part, _, number = reference.partition("/")
    if part not in _PARTS or not number.isdecimal():
        raise UnreadableFile(reference, "is not a reference such as 'train/12' into an .npz archive")
    images = archive_array(path, f"{_PARTS[part]}_images")
    if int(number) >= len(images):
        raise UnreadableFile(reference, f"does not exist: {path.name} has {len(images)} images there")
    pixels = images[int(number)]
    if pixels.dtype not in (np.uint8, np.uint16) or not _is_picture(pixels.shape):
        raise UnreadableFile(
            reference, f"is an array of {pixels.dtype} and shape {pixels.shape}, not an image"
        )
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    bits = 8 * pixels.dtype.itemsize
    return Image(pixels=pixels, bits=bits, source=reference, attributes={"format": "NPZ"})


def _is_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3))
