"""Another person's points beside the network's, against the same reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import typeset
from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.located.point_words import UNIT_AXES, quantity
from thirdeye.report.numbers import MetricJson, has_interval, has_value, is_number, number, p_text
from thirdeye.report.sets import EvidenceSet, evidence_sets

_ADVICE = {
    "better": "",
    "not_better": "The simpler technique may do as well.",
    "worse": "The simpler technique is the better reader here.",
    "undetermined": "More cases would tell.",
}
_TYPES, _SHARE, _DISTANCE = "type_accuracy", "share", "Mean distance of a point"
_TITLES = {_TYPES: "Types as the expert's (more is better)"}
_UNITS = {"deg": "deg", "mm": "mm", "px": "px", "ratio": "1"}
_LEVELS: dict[str, Any] = {
    "better": "note",
    "not_better": "warning",
    "worse": "stop",
    "undetermined": "warning",
}


def point_rivals_section(evidence: Evidence) -> Section:
    """Regression of the points and the mean shape, on the same cases."""
    part = next((one for one in evidence_sets(evidence) if one.name == "test"), None)
    title = "Against simpler techniques"
    found = list(part.comparisons) if part else []
    if not found or part is None:
        missing = Notice("warning", "No comparison was made", "", "Run the evaluation stage again.")
        return Section("versus", title, (missing,))
    blocks: list[Block] = []
    for one in found:
        said, _, figures = typeset(str(one.get("verdict") or "")).partition(": ")
        outcome = str(one.get("outcome"))
        rest = " ".join(filter(None, (figures[:1].upper() + figures[1:], _ADVICE.get(outcome, ""))))
        blocks.append(Notice(_LEVELS.get(outcome, "warning"), said, rest))
        if one.get("description"):
            blocks.append(Paragraph(str(one["description"])))
        blocks.append(comparison_table(one))
    return Section("versus", title, tuple(blocks))


def comparison_table(comparison: Mapping[str, Any]) -> Table:
    """Both readers and their difference, measure by measure."""
    first, second = (str(comparison.get(side) or side) for side in ("first", "second"))
    columns = (
        Column("Measure", weight=1.6), Column(first.capitalize(), numeric=True),
        Column(short_name(second).capitalize(), numeric=True, weight=1.2), Column("Difference", numeric=True),
        Column("95% interval", numeric=True, weight=1.3), Column("Paired test", weight=0.8),
    )  # fmt: skip
    rows = tuple(_cells(one) for one in comparison.get("measures") or ())
    notes = (
        "Less is better of distances and of differences from the expert. Both readers are paired over cases; "
        "intervals and p values are from 2,000 resamples of patients.",
        "The verdict rests on the mean distance; the measurements are not corrected for multiple testing.",
    )
    n = comparison.get("n")
    return Table(
        columns,
        rows,
        f"{comparison.get('name')}: the same {n:,} cases".capitalize() if isinstance(n, int) else "",
        notes,
    )


def short_name(name: str) -> str:
    """ "traditional technique" of "traditional technique (regression of all points at once)"."""
    return name.partition(" (")[0]


def _cells(one: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    name = str(one.get("name"))
    unit = _SHARE if name == _TYPES else _UNITS.get(name.rsplit("_", 1)[-1], "px")
    title = f"{one['class']}, mean absolute difference" if one.get("class") else _TITLES.get(name, _DISTANCE)
    difference = one.get("difference")
    sides = [_text(one.get(side), unit) for side in ("first", "second")]
    shown = _text(difference, unit, sign=True)
    return (
        title,
        *sides,
        Cell(shown, "strong"),
        _interval(difference, unit),
        p_text(one.get("p_value")) or "none",
    )


def _text(metric: MetricJson | None, unit: str, *, sign: bool = False) -> str:
    if metric is None or not has_value(metric):
        return "undefined"
    plus = "+" if sign and float(metric["value"]) > 0 else ""
    return plus + _said(metric["value"], unit)


def _interval(metric: MetricJson | None, unit: str) -> str:
    if metric is None or not has_interval(metric):
        return "no interval"
    return f"{_said(metric['ci_low'], unit)} to {_said(metric['ci_high'], unit)}"


def _said(value: Any, unit: str) -> str:
    return number(value, percent=True) if unit == _SHARE else quantity(value, unit)


def reader_blocks(part: EvidenceSet) -> list[Block]:
    """Other people's mean distance beside the network's; none where there is one annotator."""
    readers = [one for one in part.content.get("readers") or () if isinstance(one, Mapping)]
    if not readers:
        return []
    blocks: list[Block] = [
        Paragraph("Beside a second observer", "label"),
        Paragraph(
            "Another person marked the same points. Both are measured against the first observer, so the "
            "second tells how far two people put them apart."
        ),
    ]
    drawing = _drawn(part, readers)
    if drawing:
        blocks.append(drawing)
    for one in readers:
        comparison = one.get("comparison") or {}
        if comparison.get("verdict"):
            note = "An interval that holds 0 does not show that they are alike."
            blocks += [
                Paragraph(f"{typeset(str(comparison['verdict']))} {note}"),
                comparison_table(comparison),
            ]
    return blocks


def _drawn(part: EvidenceSet, readers: Sequence[Mapping[str, Any]]) -> Figure | None:
    unit = str(part.content.get("length_unit") or "px")
    rows = []
    for name, metrics in (
        ("network", part.metrics),
        *((str(r["name"]), r.get("metrics") or ()) for r in readers),
    ):
        own = next((m for m in metrics if m.get("name") == f"mre_{unit}" and not m.get("class")), None)
        if own is not None and is_number(own.get("value")):
            low, high = (own["ci_low"], own["ci_high"]) if has_interval(own) else (None, None)
            rows.append(Row(name, float(own["value"]), low, high, _text(own, unit)))
    if len(rows) < 2:
        return None
    drawing = interval_figure(rows, x=f"Mean distance from the first observer ({UNIT_AXES[unit]})")
    return Figure(
        drawing, "Mean distance with its 95% interval.", "; ".join(f"{r.name} {r.text}" for r in rows)
    )
