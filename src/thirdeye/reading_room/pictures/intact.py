"""Whether an image is still the one that came: its name in the room is the hash of its content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from thirdeye.errors import UnreadableFile

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Changed(UnreadableFile):
    """An image is no longer the one that came."""

    def __init__(self) -> None:
        super().__init__("the image", "was changed since it came")


def intact(path: Path) -> Path:
    """The path, where its content is still that of its name; files that are named otherwise pass.

    Raises:
        Changed: it is another content, or gone.
    """
    name = path.name.partition(".")[0]
    if not _HASH.fullmatch(name) or "#" in path.name:
        return path
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise Changed from None
    if found != name:
        raise Changed
    return path
