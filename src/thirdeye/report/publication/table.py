"""A journal's table as data; CSV, LaTeX and Word are made from the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from thirdeye.report.clean import clean

Align = Literal["left", "right"]


@dataclass(frozen=True)
class JournalColumn:
    """A column: its heading and where its cells stand."""

    title: str
    align: Align = "right"


@dataclass(frozen=True)
class JournalRow:
    """A row: as many cells as there are columns; a `group` row heads those under it with its first cell.

    Args:
        cells: plain text; nothing in it is markup.
        group: True for a heading inside the table; the other cells are empty.
        indent: True for a level of the variable that heads it.
    """

    cells: tuple[str, ...]
    group: bool = False
    indent: bool = False


@dataclass(frozen=True)
class JournalTable:
    """A table that a journal can print.

    Args:
        name: stem of its files ("table2_performance").
        number: as the text cites it ("2", "S1").
        title: one line above it.
        columns, rows: the content.
        notes: lines under it: abbreviations, methods, what is undefined and why.
    """

    name: str
    number: str
    title: str
    columns: tuple[JournalColumn, ...]
    rows: tuple[JournalRow, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"table {self.number}: a row of {len(row.cells)} cells under {len(self.columns)} columns"
                )

    @property
    def heading(self) -> str:
        """``Table 2. Diagnostic performance``."""
        return f"Table {self.number}. {self.title}"


def columns(first: str, *rest: str, last_left: bool = False) -> tuple[JournalColumn, ...]:
    """A left column of names, then columns of numbers; `last_left` sets the last one as words."""
    aligned = [JournalColumn(clean(title)) for title in rest]
    if last_left and aligned:
        aligned[-1] = JournalColumn(aligned[-1].title, "left")
    return (JournalColumn(clean(first), "left"), *aligned)


def row(*cells: str, indent: bool = False) -> JournalRow:
    """A row of plain cells, each fit to be shown."""
    return JournalRow(tuple(clean(cell) for cell in cells), indent=indent)


def group(title: str, width: int) -> JournalRow:
    """A heading inside a table of `width` columns."""
    return JournalRow((clean(title), *[""] * (width - 1)), group=True)


def notes(lines: Iterable[str]) -> tuple[str, ...]:
    """Each note once, in the order of its first use, without empty ones."""
    return tuple(dict.fromkeys(clean(line) for line in lines if line))
