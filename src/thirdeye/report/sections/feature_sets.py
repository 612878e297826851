"""Sets of features before the same linear machine: hand-crafted, learnt, and side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.comparison import primary_of, value_cell
from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.names import measure
from thirdeye.report.numbers import p_text
from thirdeye.report.sets import evidence_sets

TITLE = "Which features tell most"
_LEAD = (
    "Each set of features was scaled to 0..1 and put before the same linear support vector machine, its cost "
    "chosen by patients among the cases that it learnt from. No machine decides a case that taught it. These "
    "machines are no part of the reader: they show where what it knows comes from."
)
_NOTE = (
    "The first minus the second, on the same cases. An interval that holds zero leaves it open. The p values "
    "are adjusted for the number of pairs (Holm), the intervals are not."
)


def feature_sets_section(evidence: Evidence) -> Section | None:
    """Every set alone, then the pairs; None where the plan compares none."""
    parts = {part.name: part for part in evidence_sets(evidence)}
    found = None if "test" not in parts else parts["test"].content.get("feature_sets")
    if not found:
        return None
    blocks: list[Block] = [Paragraph(_LEAD), _alone(found), _pairs(found["comparisons"])]
    return Section("feature_sets", TITLE, tuple(blocks))


def _alone(found: Mapping[str, Any]) -> Table:
    pairs = found["comparisons"]
    tested = {str(pair[side]): primary_of(pair).get(side) for pair in pairs for side in ("first", "second")}
    name = measure(str(pairs[0].get("primary"))).title
    columns = (
        Column("Features", weight=2.4),
        Column("Columns", numeric=True, weight=0.7),
        Column("Validation", numeric=True, weight=1.4),
        Column("Test part", numeric=True, weight=1.4),
    )
    rows = tuple(
        (
            Cell(_begun(str(one["title"])), "strong"),
            f"{one['n_features']:,}",
            value_cell(one["validation"]),
            value_cell(tested.get(str(one["title"]))),
        )
        for one in found["sets"]
    )
    return Table(columns, rows, f"{name} of each set of features, with 95% intervals")


def _pairs(pairs: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("First", weight=1.8),
        Column("Second", weight=1.8),
        Column("Difference", numeric=True, weight=1.4),
        Column("p, adjusted (Holm)", numeric=True, weight=0.9),
    )
    rows = tuple(
        (
            _begun(str(pair["first"])),
            _begun(str(pair["second"])),
            value_cell(primary_of(pair).get("difference")),
            p_text(pair.get("p_adjusted")) or "no p value",
        )
        for pair in pairs
    )
    return Table(columns, rows, "Sets of features in pairs", (_NOTE,))


def _begun(title: str) -> str:
    return title[:1].upper() + title[1:]
