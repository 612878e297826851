"""A person who decides where the networks disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.comparison import value_cell
from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import p_text
from thirdeye.report.sets import evidence_sets

TITLE = "A person decides where the networks disagree"


def tie_break_section(evidence: Evidence) -> Section | None:
    """What the person changes; None where the plan names nobody."""
    parts = {part.name: part for part in evidence_sets(evidence)}
    found = {} if "test" not in parts else parts["test"].content.get("tie_break") or {}
    if not found:
        return None
    lead = (
        f"{found['verdict']} The networks are {', '.join(found['networks'])}, each cut at the Youden point "
        f"of all together; the person's calls stand in the column '{found['column']}' of the table."
    )
    blocks: list[Block] = [Paragraph(lead), _table(found)]
    return Section("tie-break", TITLE, tuple(blocks))


def _table(found: Mapping[str, Any]) -> Table:
    person = {one["name"]: one for one in found["person"]}
    columns = (
        Column("Measure", weight=1.5),
        Column("Person where they disagree", numeric=True, weight=1.5),
        Column("Networks alone", numeric=True, weight=1.5),
        Column("Difference", numeric=True, weight=1.5),
        Column("p", numeric=True, weight=0.8),
        Column("Person alone", numeric=True, weight=1.5),
    )
    rows = tuple(
        (
            Cell(measure(one["name"]).title, "strong"),
            value_cell(one["first"]),
            value_cell(one["second"]),
            value_cell(one["difference"]),
            p_text(one["p_value"]) or "no p value",
            value_cell(person[one["name"]]) if one["name"] in person else Cell("not told", "muted"),
        )
        for one in found["measures"]
    )
    note = f"{found['n_disagree']} of {found['n']} cases were decided by the person"
    silent = found["n_without_call"]
    notes = (f"{note}; on {silent} of these the person said nothing, and the networks' joint call stands."
             if silent else f"{note}.",)  # fmt: skip
    return Table(columns, rows, "With and without the person, on the same cases, with 95% intervals", notes)
