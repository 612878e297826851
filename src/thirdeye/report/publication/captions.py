"""``captions.md``: the legend of every figure, the title and notes of every table, in reading order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.publication.figures import NamedFigure
from thirdeye.report.publication.markdown import escape, page
from thirdeye.report.publication.print_figure import PrintFigure
from thirdeye.report.publication.table import JournalTable


def captions(
    tables: Sequence[JournalTable],
    figures: Sequence[NamedFigure],
    printed: Mapping[str, PrintFigure],
    left_out: Sequence[str],
) -> str:
    """What a manuscript needs beside the files themselves.

    Args:
        tables: of the folder ``tables``.
        figures: of the folder ``figures``.
        printed: by name; gives the size on paper.
        left_out: files that could not be made, each with the reason.
    """
    blocks = [["# Tables and figures of the study"], [f"> {RESEARCH_USE}"]]
    blocks += [[f"Left out: {escape(line)}"] for line in left_out]
    blocks += [["## Tables"], *(_table(table) for table in tables)]
    blocks += [["## Figures"], *(_figure(one, printed[one.name]) for one in figures if one.name in printed)]
    return page(blocks)


def _table(table: JournalTable) -> list[str]:
    files = ", ".join(f"`tables/{table.name}.{kind}`" for kind in ("csv", "tex"))
    notes = [f"{escape(note)}  " for note in table.notes]
    return [f"**Table {table.number}.** {escape(table.title)} ({files})  ", *notes]


def _figure(one: NamedFigure, printed: PrintFigure) -> list[str]:
    size = f"{printed.width_mm:.0f} × {printed.height_mm:.0f} mm"
    return [
        f"**{escape(one.figure.title or one.section)}** (`figures/{one.name}.svg`, `.png`; {size})  ",
        f"{escape(one.figure.caption)}  ",
        f"In words: {escape(one.figure.alt)}",
    ]
