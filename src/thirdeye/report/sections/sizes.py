"""Areas and volumes: how far the network's agree with the expert's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Cell, Column, Figure, FigureRow, Table
from thirdeye.report.figures.bland_altman import Line, bland_altman_figure
from thirdeye.report.located.sizes import size_interval, size_text, size_unit
from thirdeye.report.numbers import has_value, is_number
from thirdeye.report.sets import EvidenceSet

MOST_DRAWN = 6
_FEWEST = 3  # cases for a figure


def size_blocks(part: EvidenceSet, names: Sequence[str]) -> list[Block]:
    """A sentence, a table and a figure for each structure; none where sizes were not compared."""
    entries = [one for one in part.content.get("sizes") or () if isinstance(one, Mapping)]
    if not entries:
        return []
    word = "Volumes" if entries[0].get("unit") == "mm3" else "Areas"
    columns = (
        Column("Structure", weight=1.4), Column("Cases", numeric=True, weight=0.6),
        Column("Mean, expert", numeric=True), Column("Bias", numeric=True, weight=1.3),
        Column("Lower limit of agreement", numeric=True, weight=1.3),
        Column("Upper limit of agreement", numeric=True, weight=1.3),
    )  # fmt: skip
    notes = (
        "Bias: size by the network minus size by the expert. Between the limits lie about 95% of the "
        "differences (Bland and Altman 1986). A structure missed or invented counts with size 0.",
    )
    caption = f"{word} measured from the outlines: do they agree?"
    figures = tuple(f for one in entries[:MOST_DRAWN] if (f := _figure(part, one)) is not None)
    drawn = [FigureRow(figures)] if figures else []
    return [Table(columns, tuple(map(_row, entries)), caption, notes), *drawn]


def _row(entry: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    unit = entry.get("unit")
    cells = []
    for metric in entry.get("metrics") or ():
        shown = size_text(metric["value"], unit, sign=True) if has_value(metric) else "undefined"
        cells.append(Cell(shown, note=size_interval(metric, unit)))
    return (str(entry["structure"]), str(entry["n"]), size_text(entry.get("mean_reference"), unit), *cells)


def _figure(part: EvidenceSet, entry: Mapping[str, Any]) -> Figure | None:
    metrics = entry.get("metrics") or ()
    if len(metrics) != 3 or not all(map(has_value, metrics)) or entry.get("n", 0) < _FEWEST:
        return None
    name, factor = size_unit(entry.get("unit"))
    pairs = [
        (float(c["reference_size"]) * factor, float(c["predicted_size"]) * factor)
        for c in part.content.get("cases") or ()
        if c.get("structure") == entry["structure"]
        and (c.get("there") or c.get("found"))
        and c.get("unit") in (None, part.content.get("length_unit"))
    ]
    lines = [_line(metric, factor) for metric in metrics]
    structure = shorten(str(entry["structure"]), 40)
    drawing = bland_altman_figure(
        [(one + other) / 2 for one, other in pairs], [other - one for one, other in pairs], bias=lines[0],
        limits=(lines[1], lines[2]), x=f"Mean of both ({name})", y=f"Network minus expert ({name})",
        title=structure,
    )  # fmt: skip
    words = "Each dot is a case. Line: bias. Dashed: limits of agreement. Pale: their 95% intervals."
    alt = (
        f"{structure}: bias {lines[0].value:.3g} {name}, limits {lines[1].value:.3g} to {lines[2].value:.3g}"
    )
    return Figure(drawing, f"{structure}. {words}", alt, name=f"size_{structure}")


def _line(metric: Mapping[str, Any], factor: float) -> Line:
    low, high = (metric.get(end) for end in ("ci_low", "ci_high"))
    if not is_number(low) or not is_number(high):
        return Line(float(metric["value"]) * factor)
    return Line(float(metric["value"]) * factor, float(low) * factor, float(high) * factor)  # type: ignore[arg-type]
