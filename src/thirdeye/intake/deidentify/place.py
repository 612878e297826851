"""Files put in place whole, under names of our own, over nothing."""

from __future__ import annotations

import os
from pathlib import Path


def put(folder: Path, relative: str, content: bytes) -> str:
    """Write a new file.

    Args:
        folder: that `relative` starts from.
        relative: wanted path, made of names of our own.
        content: its bytes.

    Returns:
        The path that it got, with "-2" where the name was taken by other content; where the same content was
        there already, its path.
    """
    target = folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    temporary.write_bytes(content)
    try:
        for number in range(1, 10_000):
            candidate = _numbered(relative, number)
            try:
                os.link(temporary, folder / candidate)
            except FileExistsError:
                if (folder / candidate).read_bytes() != content:
                    continue
            return candidate
        raise OSError("too many files with one name")
    finally:
        temporary.unlink(missing_ok=True)


def _numbered(relative: str, number: int) -> str:
    if number == 1:
        return relative
    stem, dot, suffix = relative.rpartition(".")
    return f"{stem}-{number}{dot}{suffix}"
