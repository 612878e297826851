"""Which files of a folder are DICOM, and which tables lie beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thirdeye.dicom.directory import files_of_directory
from thirdeye.intake.files import find_files
from thirdeye.intake.reference import as_path
from thirdeye.intake.table_file import TABLE_SUFFIXES
from thirdeye.intake.words import counted

_MARK = b"DICM"
_SAMPLE = 40
_MOST = 0.8  # of the images must be DICOM


@dataclass(frozen=True)
class Sources:
    """What lies there.

    Args:
        root: folder that references start from.
        files: DICOM files, as references.
        tables: table files directly in the folder, or the one that was named.
        others: every other file.
        sentences: what was understood.
    """

    root: Path
    files: tuple[str, ...]
    tables: tuple[Path, ...]
    others: tuple[str, ...]
    sentences: tuple[str, ...] = ()


def is_dicom_folder(data: Path) -> bool:
    """A DICOMDIR, or images most of which carry the mark of DICOM (a sample is looked at)."""
    if data.is_file():
        if data.name.upper() == "DICOMDIR":
            return has_mark(data)
        return data.suffix.lower() in TABLE_SUFFIXES and _is_mostly_dicom(data.parent)
    return _is_mostly_dicom(data)


def _is_mostly_dicom(folder: Path) -> bool:
    found = find_files(folder)
    files = (*found.images, *found.masks)
    if not files:
        return False
    step = max(1, len(files) // _SAMPLE)
    sample = files[::step]
    marked = sum(has_mark(as_path(folder, file)) for file in sample)
    return marked >= _MOST * len(sample)


def find_sources(data: Path) -> Sources:
    """Files of a folder, of a DICOMDIR, or beside a table."""
    if data.is_file() and data.name.upper() == "DICOMDIR":
        return _of_directory(data)
    root = data if data.is_dir() else data.parent
    found = find_files(root)
    candidates = (*found.images, *found.masks, *(o for o in found.others if _may_be_dicom(o)))
    files = tuple(file for file in candidates if _is_dicom(root, file))
    tables = (data,) if data.is_file() else tables_of(root, found.others)
    kept = {*files, *(table.name for table in tables)}
    every = (*found.images, *found.masks, *found.others)
    return Sources(root, files, tables, tuple(file for file in every if file not in kept))


def tables_of(root: Path, others: Sequence[str]) -> tuple[Path, ...]:
    """Tables directly in the folder."""
    return tuple(root / o for o in others if "/" not in o and Path(o).suffix.lower() in TABLE_SUFFIXES)


def _of_directory(data: Path) -> Sources:
    listed = files_of_directory(data)
    found = find_files(data.parent)
    said = [f"The DICOMDIR lists {counted(len(listed.files), 'file')}."]
    if listed.missing:
        said.append(f"{counted(len(listed.missing), 'file')} that it lists are not there.")
    if listed.outside:
        said.append(f"{listed.outside:,} of its entries lead out of its folder and are not followed.")
    return Sources(data.parent, listed.files, tables_of(data.parent, found.others), (), tuple(said))


def has_mark(path: Path) -> bool:
    """ "DICM" after the preamble (PS3.10 section 7.1)."""
    try:
        with path.open("rb") as file:
            return file.read(132)[128:] == _MARK
    except OSError:
        return False


def _may_be_dicom(file: str) -> bool:
    name = file.rsplit("/", 1)[-1]
    return name.upper() != "DICOMDIR" and Path(name).suffix.lower() not in TABLE_SUFFIXES


def _is_dicom(root: Path, file: str) -> bool:
    return file.lower().endswith((".dcm", ".dicom", ".ima")) or has_mark(as_path(root, file))
