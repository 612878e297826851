"""Several networks of one reader, one by one: every two on the same cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.comparison import primary_of, value_cell
from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import p_text
from thirdeye.report.sets import evidence_sets

TITLE = "The networks one by one"
_LEAD = (
    "Several networks learnt from the same cases, and read the same cases of the test part. Here each stands "
    "alone, without the others that decide with it in the reader; every two are compared case by case."
)


def networks_section(evidence: Evidence) -> Section | None:
    """What each network reaches alone, then the pairs; None where the reader has one architecture."""
    parts = {part.name: part for part in evidence_sets(evidence)}
    pairs = [] if "test" not in parts else list(parts["test"].content.get("networks") or ())
    if not pairs:
        return None
    blocks: list[Block] = [Paragraph(_LEAD), _alone(pairs), _pairs(pairs)]
    return Section("networks", TITLE, tuple(blocks))


def _alone(pairs: list[Mapping[str, Any]]) -> Table:
    found: dict[str, Any] = {}
    for pair in pairs:
        for side in ("first", "second"):
            found.setdefault(str(pair[side]), primary_of(pair).get(side))
    name = measure(str(pairs[0].get("primary"))).title
    columns = (Column("Network", weight=2.0), Column(name, numeric=True, weight=1.5))
    rows = tuple((Cell(network, "strong"), value_cell(metric)) for network, metric in found.items())
    return Table(columns, rows, f"{name} of each network alone, with 95% intervals")


def _pairs(pairs: list[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Networks", weight=2.0),
        Column("Difference", numeric=True, weight=1.5),
        Column("p, adjusted (Holm)", numeric=True, weight=1.0),
    )
    rows = tuple(
        (
            Cell(f"{pair['first']} against {pair['second']}"),
            value_cell(primary_of(pair).get("difference")),
            p_text(pair.get("p_adjusted")) or "no p value",
        )
        for pair in pairs
    )
    note = "The first minus the second, on the same cases. An interval that holds zero leaves it open."
    return Table(columns, rows, "Every two networks, paired", (note,))
