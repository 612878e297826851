"""A DICOMDIR: which files it lists (PS3.3 annex F, PS3.10 section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from thirdeye.dicom.open import open_dataset, reasons

MAX_RECORDS = 1_000_000


@dataclass(frozen=True)
class Directory:
    """What a DICOMDIR says.

    Args:
        files: that it lists and that are there, relative to its folder with forward slashes.
        missing: that it lists and that are not there.
        outside: number of entries that lead out of the folder; they are never followed.
    """

    files: tuple[str, ...]
    missing: tuple[str, ...]
    outside: int


def files_of_directory(path: Path) -> Directory:
    """Files of a DICOMDIR, found below its own folder whatever the case of their names.

    Raises:
        UnreadableFile: it is damaged, or no DICOMDIR.
    """
    with reasons(path.name):
        dataset = open_dataset(path, path.name)
        records = dataset.get("DirectoryRecordSequence")
        if records is None:
            raise ValueError("is not a DICOMDIR: it has no directory records")
        if len(records) > MAX_RECORDS:
            raise ValueError(f"lists more than {MAX_RECORDS:,} records")
        named = [parts for record in records if (parts := _file_id(record))]
    found: dict[str, None] = {}
    missing: list[str] = []
    outside = 0
    for parts in named:
        file = None if _leaves(parts) else _below(path.parent, parts)
        if _leaves(parts) or file == "":
            outside += 1
        elif file is None:
            missing.append("/".join(parts))
        else:
            found[file] = None
    return Directory(tuple(found), tuple(missing), outside)


def _file_id(record: Any) -> list[str]:
    value = record.get("ReferencedFileID")
    if not value:
        return []
    parts = [value] if isinstance(value, str) else list(value)
    return [str(part).strip() for part in parts]


def _leaves(parts: list[str]) -> bool:
    """A component is "..", empty, absolute, or holds a separator."""
    return any(part in ("", ".", "..") or set(part) & set("/\\:\0") for part in parts)


def _below(folder: Path, parts: list[str]) -> str | None:
    """The file; None where it is not there, "" where a link leads it out of the folder."""
    place = PurePosixPath()
    for part in parts:
        here = folder / place
        names = [part, part.lower(), part.upper(), part + ".dcm", part.lower() + ".dcm"]
        known = next((name for name in names if (here / name).exists()), None)
        if known is None:
            return None
        place /= known
    target = folder / place
    if not target.is_file():
        return None
    return place.as_posix() if target.resolve().is_relative_to(folder.resolve()) else ""
