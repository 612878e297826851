"""From a reference to an image: the one door through which pixels come in."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import thirdeye.intake.formats  # noqa: F401 - enters the formats into the registry
from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.archive import read_archived
from thirdeye.intake.foreign import guess
from thirdeye.intake.formats.format import FORMATS, HEAD_BYTES, Item
from thirdeye.intake.reference import as_path, as_reference, split_selector


def load(root: Path, reference: str) -> Item:
    """Whatever a reference of a collection leads to: an image, a volume or a signal.

    Args:
        root: what references start from: a folder, or an ``.npz`` archive.
        reference: see `thirdeye.intake.reference`; ``"test/12"`` in an archive.

    Raises:
        UnreadableFile: missing, of no known format, or damaged; the message names `reference`.
    """
    if root.suffix.lower() == ".npz" and root.is_file():
        return read_archived(root, reference)
    return _load(as_path(root, reference), reference, split_selector(reference)[1])


def load_image(root: Path, reference: str) -> Image:
    """One image in two dimensions; arguments and errors as of `load`.

    Raises:
        UnreadableFile: also when it is a volume or a signal.
    """
    return _as_image(load(root, reference), reference)


def load_file(path: Path) -> Image:
    """A lone image, named in messages by its file name only.

    Raises:
        UnreadableFile: as `load_image`.
    """
    name = as_reference(path.name)
    return _as_image(_load(path, name, ""), name)


def _as_image(item: Item, name: str) -> Image:
    if not isinstance(item, Image):
        raise UnreadableFile(name, f"is a {type(item).__name__.lower()}, not an image in two dimensions")
    return item


def _load(path: Path, name: str, selector: str) -> Item:
    head = b"" if selector.startswith("series=") and path.is_dir() else _head(path, name)
    for _, known in FORMATS:
        if known.recognise(head, path.name.lower()):
            return known.read(path, name, selector)
    raise UnreadableFile(name, f"is not an image that is read here{guess(head, path.name)}")


def _head(path: Path, name: str) -> bytes:
    """First bytes of a regular file; devices and pipes are never opened."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UnreadableFile(name, "is a folder" if stat.S_ISDIR(mode) else "is not a regular file")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
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
