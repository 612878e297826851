"""What a user gives of cases to be read: files, and clinical values by name or from a table. No pandas."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from thirdeye.errors import UsageError
from thirdeye.intake.views import view_of

_FILES = (
    "image",
    "file",
    "path",
    "filename",
    "image_file",
    "image_path",
    "filepath",
    "file_path",
    "image_id",
)
_CASES = ("case", "case_id", "lesion_id", "lesion", "study_id", "study", "id", "patient_id", "patient")


@dataclass(frozen=True)
class CaseFiles:
    """One case to be read.

    Args:
        name: what to call it.
        files: its images.
        views: name of each one's view, "" where it is not known.
        values: clinical variable to value.
    """

    name: str
    files: tuple[Path, ...]
    views: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)


def one_case(files: Sequence[Path], values: Mapping[str, str]) -> CaseFiles:
    """Files that are one case; the view of each is told from its folders and name."""
    views = tuple(_view(file) for file in files)
    return CaseFiles(" + ".join(map(str, files)), tuple(files), views, dict(values))


def pairs_of(texts: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE texts.

    Raises:
        UsageError: one has no equals sign.
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--clinical takes NAME=VALUE (age=63), got '{text}'")
        found[name.strip()] = value.strip()
    return found


def cases_of_table(table: Path, names: Sequence[str]) -> list[CaseFiles]:
    """The cases of a table: a row an image, with its file, the case that it is of, its view and values.

    Args:
        table: CSV, TSV or semicolons; files relative to its folder.
        names: clinical variables that the reader knows; other columns are none of its business.

    Raises:
        UsageError: it cannot be read, or no column names files.
    """
    rows = table_rows(table)
    columns = {bare(name): name for name in rows[0]}
    file = next((columns[bare(name)] for name in _FILES if bare(name) in columns), None)
    if file is None:
        raise UsageError(
            f"{table.name}: no column names the files; call one 'image' (there are: {', '.join(rows[0])})"
        )
    case = next((columns[bare(n)] for n in _CASES if bare(n) in columns and columns[bare(n)] != file), None)
    known = {columns[bare(name)]: name for name in names if bare(name) in columns}
    held: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        held.setdefault(row[case] if case and row[case] else row[file], []).append(row)
    return [
        CaseFiles(
            name, tuple(table.parent / row[file] for row in group),
            tuple(row.get(columns.get("view", ""), "") or _view(Path(row[file])) for row in group),
            {ours: group[0][theirs] for theirs, ours in known.items() if group[0][theirs].strip()},
        )
        for name, group in held.items()
    ]  # fmt: skip


def _view(file: Path) -> str:
    seen = view_of(file.as_posix())
    return seen.view or seen.laterality


def table_rows(table: Path) -> list[dict[str, str]]:
    """Rows of a table of cases: column to text.

    Raises:
        UsageError: it cannot be read, or has no row.
    """
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--table {table.name}: it cannot be read ({type(error).__name__})") from None
    lines = [line for line in text.splitlines() if line.strip()]
    separator = next((one for one in ("\t", ";") if lines and one in lines[0]), ",")
    rows = [
        {str(k): str(v or "") for k, v in row.items()} for row in csv.DictReader(lines, delimiter=separator)
    ]
    if not rows:
        raise UsageError(f"--table {table.name}: it has no row")
    return rows


def bare(name: str) -> str:
    """The name of a column by which it is looked for: small letters and digits."""
    return "".join(letter for letter in name.lower() if letter.isalnum())
