"""Files kept in the room: each once, whole or not at all, under a name that is a hash."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from thirdeye.case.whole import write_whole

_ENDING = re.compile(r"(\.nii|\.tar)?\.[a-z0-9]{1,8}", re.ASCII)


def keep_file(folder: Path, path: Path, *, ending: str | None = None) -> str:
    """Copy a file into the room; its name there.

    Args:
        folder: of images; made where missing.
        path: the file.
        ending: with a dot; None: that of the file.
    """
    return keep_bytes(folder, path.read_bytes(), ending_of(path.name) if ending is None else ending)


def keep_bytes(folder: Path, content: bytes, ending: str) -> str:
    """Keep bytes under their SHA-256 and an ending; the name."""
    folder.mkdir(exist_ok=True, mode=0o700, parents=True)
    name = hashlib.sha256(content).hexdigest() + ending
    target = folder / name
    if not target.exists():
        write_whole(target, content)
    return name


def ending_of(name: str) -> str:
    """The ending that tells a file's format, in plain small letters; "" where it tells none.

    Args:
        name: as somebody called the file; nothing else of it is kept.
    """
    found = re.search(r"(\.nii|\.tar)?\.[A-Za-z0-9]{1,8}$", name)
    plain = "" if found is None else found[0].lower()
    return plain if _ENDING.fullmatch(plain) else ""
