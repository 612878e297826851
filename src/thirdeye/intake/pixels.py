"""From a reference to an image: the one door through which pixels come in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.archive import read_archived
from thirdeye.intake.raster import picture_format, read_picture
from thirdeye.intake.reference import as_path, as_reference

_DICOM_MARK = b"DICM"  # PS3.10 section 7.1: after a preamble of 128 bytes
_HEAD_BYTES = 132


def load_image(root: Path, reference: str) -> Image:
    """One image of a collection.

    Args:
        root: what references start from: a folder, or an ``.npz`` archive.
        reference: file relative to `root`, or ``"test/12"`` in an archive.

    Raises:
        UnreadableFile: it does not exist, is not an image, or is damaged; the message names `reference`.
    """
    if root.suffix.lower() == ".npz" and root.is_file():
        return read_archived(root, reference)
    return _load(as_path(root, reference), reference)


def load_file(path: Path) -> Image:
    """A lone file, named in messages by its file name only.

    Raises:
        UnreadableFile: as `load_image`.
    """
    return _load(path, as_reference(path.name))


def _load(path: Path, name: str) -> Image:
    head = _head(path, name)
    kind = picture_format(head)
    if kind is not None and head[128:132] != _DICOM_MARK:
        return read_picture(path, name, kind)
    if head[128:132] == _DICOM_MARK:
        from thirdeye.dicom.image import read_dicom  # deferred: pydicom costs 0.1 s

        return read_dicom(path, name)
    raise UnreadableFile(name, f"is not an image that is read here{_guess(head)}")


def _head(path: Path, name: str) -> bytes:
    """First bytes of a regular file; devices and pipes are never opened."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UnreadableFile(name, "is a folder" if stat.S_ISDIR(mode) else "is not a regular file")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        reason = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
        raise UnreadableFile(name, reason) from None
    except (OSError, ValueError) as error:
        raise UnreadableFile(name, f"cannot be opened ({_plain(error)})") from error
    if not head:
        raise UnreadableFile(name, "is empty (0 bytes)")
    return head


def _plain(error: Exception) -> str:
    """Why the operating system refused, without the path."""
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _guess(head: bytes) -> str:
    """What the file seems to be instead."""
    kinds = (
        (b"\x00\x00\x00\x0cjP", " (it looks like JPEG 2000; save it as PNG)"),
        (b"\xff\x4f\xff\x51", " (it looks like JPEG 2000; save it as PNG)"),
        (b"%PDF", " (it looks like a PDF)"),
        (b"PK\x03\x04", " (it looks like a zip archive; unpack it)"),
        (b"\x1f\x8b", " (it looks like a gzip archive; unpack it)"),
        (b"<", " (it looks like HTML or XML text)"),
        (b"version https://git-lfs", " (it is a Git LFS pointer; fetch the real file with 'git lfs pull')"),
    )
    return next((words for start, words in kinds if head.startswith(start)), "")
