"""The entries of a zip or tar archive, written as plain files below one folder; runs in a worker."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from thirdeye.errors import UnreadableFile

_GIB = 1024**3
_BLOCK = 1 << 20
_ENCRYPTED, _UTF8 = 0x1, 0x800  # bits of a zip entry's flags (APPNOTE 4.4.4)
_LONGEST = 200  # bytes of one part of a name
_SUSPECT = "it may have been made to do harm"
_ADVICE = "unpack it yourself, look at it, and give the folder"


@dataclass(frozen=True)
class Limits:
    """What an archive may grow to.

    Args:
        total_bytes: of all files together.
        ratio: to the archive's own size, where the whole is more than `bomb_bytes`.
        bomb_bytes: below this, an archive may be packed as tightly as it likes.
        entries: files and folders.
    """

    total_bytes: int = 200 * _GIB
    ratio: float = 100.0
    bomb_bytes: int = 100 * 1024**2
    entries: int = 2_000_000


@dataclass(frozen=True)
class _Entry:
    """One file of an archive: its name as given, and how to open it."""

    name: str
    open: Callable[[], IO[bytes]]


def unpack_into(archive: Path, folder: Path, limits: Limits) -> int:
    """Write every file of the archive below `folder`; the number of files.

    Args:
        archive: a zip or tar file.
        folder: exists and is empty.
        limits: see `Limits`.

    Raises:
        UnreadableFile: damaged, or something in it could do harm; the reason goes on from the archive's name.
    """
    budget = _Budget(archive.name, archive.stat().st_size, limits, shutil.disk_usage(folder).free)
    names: dict[str, str] = {}
    count = 0
    try:
        for entry in _entries(archive):
            budget.count()
            parts = safe_parts(archive.name, entry.name)
            _refuse_collision(archive.name, parts, names)
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with entry.open() as source, target.open("xb") as written:
                while block := source.read(_BLOCK):
                    budget.spend(len(block))
                    written.write(block)
            count += 1
    except (UnreadableFile, MemoryError):
        raise
    except OSError as error:
        if error.errno is None:  # what the tar and zip modules raise on damage
            raise UnreadableFile(archive.name, f"is damaged ({error})") from error
        raise UnreadableFile(archive.name, f"cannot be unpacked ({os.strerror(error.errno)})") from error
    except Exception as error:
        raise UnreadableFile(archive.name, f"is damaged ({str(error)[:200]})") from error
    return count


def safe_parts(archive: str, name: str) -> tuple[str, ...]:
    """The parts of an entry's name, none of which leads outside.

    Raises:
        UnreadableFile: it leads outside, is absolute, or no file can have it.
    """
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:2] == ":":
        raise UnreadableFile(archive, f"holds the absolute name {_quoted(name)}; {_SUSPECT}")
    parts = tuple(part for part in plain.split("/") if part not in ("", "."))
    if ".." in parts:
        raise UnreadableFile(
            archive,
            f"holds the name {_quoted(name)}, which leads out of the folder it is unpacked into; {_SUSPECT}",
        )
    if not parts or any(len(os.fsencode(part)) > _LONGEST for part in parts):
        raise UnreadableFile(archive, f"holds a name that is empty or too long ({_quoted(name)}); {_ADVICE}")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in plain):
        raise UnreadableFile(archive, f"holds a name with control characters ({_quoted(name)}); {_ADVICE}")
    return parts


def _refuse_collision(archive: str, parts: tuple[str, ...], names: dict[str, str]) -> None:
    """Two names that some disks cannot tell apart would be one file there, and another here."""
    whole = "/".join(parts)
    key = unicodedata.normalize("NFC", whole).casefold()
    if key in names:
        same = names[key] == whole
        what = (
            f"holds {_quoted(whole)} twice"
            if same
            else f"holds both {_quoted(names[key])} and {_quoted(whole)}"
        )
        why = "" if same else ", which are one file on many computers"
        raise UnreadableFile(archive, f"{what}{why}; {_ADVICE}")
    names[key] = whole


def _entries(archive: Path) -> Iterator[_Entry]:
    if zipfile.is_zipfile(archive):
        yield from _zip_entries(archive)
    elif tarfile.is_tarfile(archive):
        yield from _tar_entries(archive)
    else:
        raise UnreadableFile(
            archive.name, "is neither a zip nor a tar archive, or is cut off; fetch it again"
        )


def _zip_entries(archive: Path) -> Iterator[_Entry]:
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            name = _zip_name(info)
            if info.flag_bits & _ENCRYPTED:
                raise UnreadableFile(archive.name, f"is encrypted; {_ADVICE}")
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise UnreadableFile(archive.name, f"holds a link or device ({_quoted(name)}); {_ADVICE}")
            if info.is_dir():
                safe_parts(archive.name, name)
                continue
            yield _Entry(name, lambda info=info: packed.open(info))  # type: ignore[misc]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 are often UTF-8 all the same; the module reads code page 437."""
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _tar_entries(archive: Path) -> Iterator[_Entry]:
    with tarfile.open(archive, "r:*") as packed:
        for member in packed:
            if member.isdir():
                if member.name.strip("./"):
                    safe_parts(archive.name, member.name)
                continue
            if not member.isreg():
                raise UnreadableFile(
                    archive.name, f"holds a link or device ({_quoted(member.name)}); {_ADVICE}"
                )
            yield _Entry(member.name, lambda member=member: _tar_file(packed, member))  # type: ignore[misc]


def _tar_file(packed: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = packed.extractfile(member)
    if file is None:
        raise tarfile.TarError(f"{_quoted(member.name)} has no content")
    return file


class _Budget:
    """Counts what has been written, whatever the archive claims."""

    def __init__(self, archive: str, size: int, limits: Limits, free: int) -> None:
        self._archive = archive
        self._limits = limits
        self._most = min(limits.total_bytes, max(limits.bomb_bytes, int(limits.ratio * size)))
        self._free = free - _GIB
        self._spent = self._entries = 0

    def count(self) -> None:
        """One more entry."""
        self._entries += 1
        if self._entries > self._limits.entries:
            raise UnreadableFile(self._archive, f"holds more than {self._limits.entries:,} files; {_ADVICE}")

    def spend(self, length: int) -> None:
        """So many more bytes."""
        self._spent += length
        if self._spent > self._most:
            raise UnreadableFile(
                self._archive,
                f"grows to more than {_shown(self._most)} when unpacked, far beyond its own size; {_SUSPECT}",
            )
        if self._spent > self._free:
            raise UnreadableFile(self._archive, "does not fit on the disk of the cache; unpack it elsewhere")


def _shown(length: int) -> str:
    return f"{length / _GIB:.0f} GB" if length >= _GIB else f"{length / 1024**2:.0f} MB"


def _quoted(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)
    return f"'{shown if len(shown) <= 60 else shown[:57] + '...'}'"
