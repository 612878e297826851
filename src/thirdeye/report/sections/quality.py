"""The axis of quality: what the network still tells when the same pictures are poorer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.comparison import primary_of, value_cell
from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import p_text
from thirdeye.report.sets import evidence_sets

TITLE = "What poorer pictures cost"
_LEAD = (
    "The images of the test part were read once more after each of these changes, by the same network, "
    "without learning anew. Each line is compared with the pictures as they are, case by case."
)
_STRENGTHS = {
    "blurred": "standard deviation of the blur, share of the side",
    "grainy": "standard deviation of the noise, share of the full range",
    "dark": "share of the light that is lost",
}


def quality_section(evidence: Evidence) -> Section | None:
    """A line for each way to be poorer; None where the plan named none."""
    parts = {part.name: part for part in evidence_sets(evidence)}
    entries = [] if "test" not in parts else list(parts["test"].content.get("quality") or ())
    if not entries:
        return None
    blocks: list[Block] = [Paragraph(_LEAD), _table(entries)]
    return Section("quality", TITLE, tuple(blocks))


def _table(entries: list[Mapping[str, Any]]) -> Table:
    name = measure(str(entries[0].get("primary"))).title
    columns = (
        Column("Pictures", weight=2.0),
        Column(name, numeric=True, weight=1.3),
        Column("Lost", numeric=True, weight=1.3),
        Column("p, adjusted (Holm)", numeric=True, weight=1.0),
    )
    plain = (Cell("As they are", "strong"), value_cell(primary_of(entries[0]).get("first")), "", "")
    rows = (plain, *(_cells(entry) for entry in entries))
    notes = ("Lost: as they are minus the poorer ones; above zero the poorer ones are read worse.",)
    return Table(columns, rows, f"{name} with 95% intervals, on poorer copies of the same cases", notes)


def _cells(entry: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    step, measured = str(entry.get("step")), primary_of(entry)
    name = f"{step.replace('_', ' ').capitalize()} ({entry.get('strength'):g})"
    return (
        Cell(name, note=_STRENGTHS.get(step, "")),
        value_cell(measured.get("second")),
        value_cell(measured.get("difference")),
        p_text(entry.get("p_adjusted")) or "no p value",
    )
