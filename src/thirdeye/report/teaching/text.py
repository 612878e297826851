"""A traced run as plain text, as it stands on the board."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from thirdeye.report.teaching.trace import Equality, Grid, Grids, Lines, Part, Steps, Trace, Words

SHOWN_POINTS = 6
WIDEST_GRID = 12
WIDTH = 100


def trace_text(trace: Trace) -> str:
    """The whole run."""
    blocks = [trace.title, trace.question, *("\n".join(_part(part)) for part in trace.parts)]
    return "\n\n".join([*blocks, equalities_text(trace.equalities)])


def equalities_text(equalities: Sequence[Equality]) -> str:
    """What is known beforehand against what came out."""
    lines = ["Compared with what is known beforehand"]
    for one in equalities:
        lines.append(f"  {'equal' if one.equal else 'DIFFERS':8} {one.of} ({one.source})")
        if one.equal and one.found != one.expected:
            lines.append(f"           {one.found} for {one.expected}, within {one.tolerance:g}")
        if not one.equal:
            lines.append(f"           expected {one.expected}, found {one.found}")
    return "\n".join(lines)


def _part(part: Part) -> Iterator[str]:
    yield part.title
    if isinstance(part, Steps):
        yield from _table([part.columns, *[tuple(cell_text(cell) for cell in row) for row in part.rows]])
    elif isinstance(part, Grids):
        yield from _grids(part)
    elif isinstance(part, Lines):
        yield from _lines(part)
    elif isinstance(part, Words):
        for sentence in part.sentences:
            yield from _wrapped(sentence)
    if not isinstance(part, Words) and part.note:
        yield from _wrapped(part.note)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")


def cell_text(cell: int | float | str) -> str:
    """A cell of a table."""
    return cell if isinstance(cell, str) else f"{cell:g}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    words = [any(not _is_number(row[index]) for row in rows[1:]) for index in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, words, strict=True)
        )
        yield ("  " + "  ".join(cells)).rstrip()


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).removeprefix("-").removesuffix("%").isdigit()


def _grids(part: Grids) -> Iterator[str]:
    small = [one for one in part.grids if len(one.values[0]) <= WIDEST_GRID]
    for one in part.grids:
        if one not in small:
            yield f"  {one.name}: {len(one.values)} x {len(one.values[0])}, drawn on the page"
    if small:
        yield from _side_by_side([_block(one) for one in small])


def _block(one: Grid) -> list[str]:
    rows = [[cell_text(value) for value in row] for row in one.values]
    width = max(len(cell) for row in rows for cell in row)
    lines = [one.name, *(" ".join(cell.rjust(width) for cell in row) for row in rows)]
    widest = max(map(len, lines))
    return [line.ljust(widest) for line in lines]


def _side_by_side(blocks: Sequence[list[str]], width: int = 96) -> Iterator[str]:
    while blocks:
        count = 1
        while count < len(blocks) and sum(len(b[0]) + 3 for b in blocks[: count + 1]) <= width:
            count += 1
        together, blocks = blocks[:count], blocks[count:]
        for index in range(max(map(len, together))):
            cells = (block[index] if index < len(block) else " " * len(block[0]) for block in together)
            yield ("  " + "   ".join(cells)).rstrip()


def _lines(part: Lines) -> Iterator[str]:
    for one in part.lines:
        step = max(1, (len(one.x) - 1) // (SHOWN_POINTS - 1)) if len(one.x) > SHOWN_POINTS else 1
        pairs = list(zip(one.x, one.y, strict=True))
        shown = pairs[::step] if pairs[-1] in pairs[::step] else [*pairs[::step], pairs[-1]]
        yield f"  {one.name}: " + ", ".join(f"({x:.4g}, {y:.4g})" for x, y in shown)
