"""The test part with and without the kind of case that was left out of training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure, operating_point_title
from thirdeye.report.numbers import has_value, interval_text, value_text
from thirdeye.report.sets import evidence_sets

TITLE = "With and without the cases that were not learnt from"
_WHY = (
    "A reader that is measured on plain cases alone looks better than it will be in use (spectrum effect). "
    "Both are told; what counts in use is the first."
)


def spectrum_section(evidence: Evidence) -> Section | None:
    """Both sets of figures; None where the plan left nothing out."""
    parts = {part.name: part for part in evidence_sets(evidence)}
    found = {} if "test" not in parts else parts["test"].content.get("spectrum") or {}
    if not found:
        return None
    lead = (
        f"Cases with {found['column']} = {found['value']} were left out of training and choosing. "
        f"{found['n_unlearnt']} of them are in the test part. {_WHY}"
    )
    blocks: list[Block] = [Paragraph(lead), _table(found)]
    return Section("spectrum", TITLE, tuple(blocks))


def _table(found: Mapping[str, Any]) -> Table:
    without = {_key(one): one for one in found["without"]}
    columns = (
        Column("Measure", weight=2.0),
        Column("All cases", numeric=True, weight=1.5),
        Column("Without them", numeric=True, weight=1.5),
    )
    rows = tuple(
        (_name(one), _value(one), _value(without.get(_key(one))))
        for one in found["with"]
        if one.get("operating_point") != "probability_0.5"
    )
    return Table(columns, rows, "The same reader on the test part, with 95% intervals")


def _key(metric: Mapping[str, Any]) -> tuple[str, Any]:
    return str(metric["name"]), metric.get("operating_point")


def _name(metric: Mapping[str, Any]) -> Cell:
    point = metric.get("operating_point")
    note = operating_point_title(str(point)) if point else ""
    return Cell(measure(str(metric["name"])).title, "strong", note)


def _value(metric: Any) -> Cell:
    if not isinstance(metric, Mapping) or not has_value(metric):
        return Cell("undefined", "muted")
    return Cell(value_text(metric), note=interval_text(metric))
