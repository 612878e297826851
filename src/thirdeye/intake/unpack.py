"""Archives as data: unpacked into a private cache, once, and only where nothing in them can do harm.

An archive is refused as a whole when a name in it leads outside, is absolute, appears twice (also in other
letter case), when it holds links or devices, is encrypted, or grows beyond reason. Archives inside are not
entered.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
import uuid
from contextlib import suppress
from pathlib import Path

from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.intake.files import is_visible
from thirdeye.intake.reference import as_reference
from thirdeye.intake.unpack_entries import Limits, unpack_into
from thirdeye.intake.words import counted, shown_name
from thirdeye.intake.workers import Lost, Task, each

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
_KEPT_DAYS = 30
_DONE = "complete"  # name of the file that says that all of it is there
_BYTES_PER_S = 2_000_000
_UNUSUAL = re.compile(r"[^\w .()+-]")


def is_packed(data: Path) -> bool:
    """Whether DATA is an archive that can be unpacked, by its name."""
    return data.name.lower().endswith(SUFFIXES) and data.is_file()


def opened(data: Path) -> Path:
    """DATA itself, or the folder that an archive was unpacked into.

    Raises:
        DataRefused: the archive is damaged, or something in it could do harm.
    """
    return unpacked(data)[0] if is_packed(data) else data


def forget(archive: Path) -> None:
    """Remove what was unpacked from an archive; nothing happens where nothing was."""
    shutil.rmtree(_cache() / _sha256(archive), ignore_errors=True)


def unpacked(archive: Path, *, limits: Limits | None = None) -> tuple[Path, tuple[str, ...]]:
    """The folder that holds what the archive holds, and sentences that say what was done.

    The folder lies in the user's cache, under the hash of the archive; it is made when it is not there, and
    goes 30 days after its last use. Where the archive holds one folder and nothing else, it is that folder.

    Raises:
        DataRefused: as `opened`.
    """
    name = shown_name(archive.name)
    cache = _cache()
    place = cache / _sha256(archive)
    known = (place / _DONE).is_file()
    if not known:
        _forget_old(cache)
        shutil.rmtree(place, ignore_errors=True)
        _unpack(archive, name, place, limits or Limits())
    (place / _DONE).touch()
    count = (place / _DONE).read_text(encoding="ascii")
    done = "unpacked earlier, into" if known else "unpacked into"
    inner = next(path for path in place.iterdir() if path.is_dir())  # named by the archive's name back then
    sentence = f"{name} was {done} Third Eye's cache ({counted(int(count), 'file')}) and is read from there."
    return _only_folder(inner), (sentence,)


def _unpack(archive: Path, name: str, place: Path, limits: Limits) -> None:
    """Unpack beside the place and move there when all is well, so that half an archive is never used."""
    part = place.with_name(f"{place.name}.{uuid.uuid4().hex}.part")
    inner = part / _folder_name(archive)
    part.mkdir(mode=0o700)
    inner.mkdir(mode=0o700)
    try:
        limit_s = 60 + archive.stat().st_size / _BYTES_PER_S
        (count,) = each(unpack_into, [Task((archive, inner, limits), limit_s)], count=1)
        if isinstance(count, Lost):
            raise DataRefused(f"{name}: {count.reason.replace(' to read', ' to unpack')}")
        (part / _DONE).write_text(str(count), encoding="ascii")
        with suppress(OSError):  # somebody else was faster
            part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _only_folder(folder: Path) -> Path:
    """The single folder below, where there is nothing else but what operating systems leave behind."""
    inside = [path for path in folder.iterdir() if is_visible(path.name)]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _cache() -> Path:
    """The user's own cache folder, readable by nobody else.

    Raises:
        DataRefused: it cannot be made, or belongs to somebody else.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "thirdeye" / "unpacked"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            raise DataRefused(
                "the cache folder belongs to another user; name one of your own in XDG_CACHE_HOME"
            )
        folder.chmod(0o700)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataRefused(
            f"there is no place to unpack an archive ({reason}); name a folder of your own in "
            "XDG_CACHE_HOME, or unpack it yourself"
        ) from error
    return folder


def _forget_old(cache: Path) -> None:
    """Remove what nobody has used for a month, and what an ended process left half done."""
    oldest = time.time() - _KEPT_DAYS * 86400
    for place in cache.iterdir():
        with suppress(OSError):
            mark = place / _DONE
            if (mark if mark.is_file() else place).stat().st_mtime < oldest:
                shutil.rmtree(place, ignore_errors=True)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFile(shown_name(path.name), f"cannot be opened ({error.strerror})") from error


def _folder_name(archive: Path) -> str:
    """The archive's name without its suffix, in plain characters: messages name the folder."""
    name = archive.name
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if name.lower().endswith(suffix):
            name = name[: -len(suffix)]
            break
    return _UNUSUAL.sub("_", as_reference(name)).strip(" .")[:80] or "archive"
