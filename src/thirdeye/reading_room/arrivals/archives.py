"""Archives that came: unpacked in a worker process beside the other files, or refused as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

from thirdeye.errors import UnreadableFile
from thirdeye.intake.unpack import SUFFIXES
from thirdeye.intake.unpack_entries import Limits, unpack_into
from thirdeye.intake.workers import call, limit_for

LIMITS = Limits(total_bytes=8 * 1024**3, ratio=100.0, bomb_bytes=100 * 1024**2, entries=10_000)


def is_archive(name: str) -> bool:
    """Whether a file is an archive, by its name."""
    return name.lower().endswith(SUFFIXES)


def unpack_all(folder: Path) -> list[str]:
    """Unpack the archives of a folder and remove them.

    Args:
        folder: with lone files.

    Returns:
        A sentence for each archive that was refused.
    """
    return [
        said
        for path in sorted(folder.iterdir())
        if is_archive(path.name) and (said := _unpacked(path, folder / unpacked_into(path.name)))
    ]


def unpacked_into(name: str) -> str:
    """The folder, beside it, that an archive is unpacked into."""
    return f"{name.split('.')[0]}_files"


def _unpacked(archive: Path, target: Path) -> str:
    target.mkdir(mode=0o700)
    try:
        call(unpack_into, archive, target, LIMITS, name=archive.name, limit_s=limit_for(archive))
        if any(is_archive(path.name) for path in target.rglob("*") if path.is_file()):
            raise UnreadableFile(archive.name, "holds another archive; unpack it and give its files")
    except UnreadableFile as error:
        shutil.rmtree(target, ignore_errors=True)
        return error.reason
    finally:
        archive.unlink(missing_ok=True)
    return ""
