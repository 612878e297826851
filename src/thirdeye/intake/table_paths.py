"""Tables whose images lie elsewhere, named by paths that leave the table's folder."""

from __future__ import annotations

from pathlib import Path

from thirdeye.intake.files import FoundFiles, find_files
from thirdeye.intake.table_file import read_table

_UP = ("../", "..\\")


def files_of_table(data: Path) -> FoundFiles:
    """Files that a table may mean: those below its folder, none where its paths lead out of it.

    A table that `thirdeye check --fix` wrote names images in another folder; what else lies around the table
    (often a home folder) has nothing to do with it, and is not searched.

    Args:
        data: a table file, or a folder with tables.
    """
    if data.is_file() and _leads_out(data):
        return FoundFiles((), (), ())
    return find_files(data if data.is_dir() else data.parent)


def _leads_out(table: Path) -> bool:
    """Whether a column holds nothing but paths that leave the folder."""
    frame = read_table(table)
    columns = ([cell for cell in frame[name] if cell] for name in frame.columns)
    return any(bool(cells) and all(cell.startswith(_UP) for cell in cells) for cells in columns)
