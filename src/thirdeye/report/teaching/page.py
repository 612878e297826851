"""A traced run as a page."""

from __future__ import annotations

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Document,
    Figure,
    Paragraph,
    Section,
    Table,
    Verdict,
)
from thirdeye.report.teaching.figures import grids_figure, lines_figure
from thirdeye.report.teaching.text import cell_text
from thirdeye.report.teaching.trace import Equality, Grids, Lines, Part, Steps, Trace, Words

KIND = "Third Eye, a teaching recipe"


def trace_page(trace: Trace) -> Document:
    """What was compared first, then the run in the order of the lecture."""
    sections = [Section("compared", "Compared with what is known", _compared(trace))]
    sections += [
        Section(f"part-{number}", part.title, _blocks(part)) for number, part in enumerate(trace.parts, 1)
    ]
    imprint = f"Made by: thirdeye recipes run {trace.id}. Its source: thirdeye recipes show {trace.id}."
    return Document(trace.title, trace.question, RESEARCH_USE, tuple(sections), imprint, KIND)


def _compared(trace: Trace) -> tuple[Block, ...]:
    differing = sum(not one.equal for one in trace.equalities)
    if differing:
        verdict = Verdict("stop", f"{differing} of {len(trace.equalities)} comparisons differ")
    else:
        verdict = Verdict("good", f"All {len(trace.equalities)} comparisons are equal")
    columns = (
        Column("what", weight=2),
        Column("known"),
        Column("found here"),
        Column("compared"),
        Column("source"),
    )
    return verdict, Table(columns, tuple(map(_row, trace.equalities)), "What is known, and what came out")


def _row(one: Equality) -> tuple[str | Cell, ...]:
    says = Cell("equal", "good") if one.equal else Cell("differs", "bad")
    within = f"within {one.tolerance:g}" if one.tolerance else "exactly"
    return one.of, one.expected, one.found, Cell(says.text, says.tone, within), one.source


def _blocks(part: Part) -> tuple[Block, ...]:
    if isinstance(part, Words):
        return (Bullets(part.sentences),)
    if isinstance(part, Steps):
        return _board(part), *([Paragraph(part.note)] if part.note else [])
    return (_drawing(part),)


def _board(part: Steps) -> Table:
    numeric = [_numeric(part, at) for at in range(len(part.columns))]
    columns = tuple(Column(name, each) for name, each in zip(part.columns, numeric, strict=True))
    rows = tuple(tuple(cell_text(one) for one in row) for row in part.rows)
    return Table(columns, rows, part.title, board=True)


def _drawing(part: Grids | Lines) -> Figure:
    if isinstance(part, Grids):
        names = ", ".join(one.name for one in part.grids)
        return Figure(grids_figure(part), part.note, f"Arrays of numbers: {names}.")
    names = ", ".join(one.name for one in part.lines)
    return Figure(lines_figure(part), part.note, f"{part.y_name} over {part.x_name}: {names}.")


def _numeric(part: Steps, at: int) -> bool:
    """Whether a column holds numbers alone."""
    return all(not isinstance(row[at], str) for row in part.rows)
