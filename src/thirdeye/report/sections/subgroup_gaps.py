"""The table of gaps between groups: of each measure the group that lies furthest from the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Cell, Column, Table
from thirdeye.report.names import measure
from thirdeye.report.numbers import MetricJson, has_interval, is_number, number, p_text

Json = Mapping[str, Any]


def gap_table(attribute: Json, point: str | None) -> Table | None:
    """Of every measure the group that lies furthest from the others, by p value."""
    chosen: dict[tuple[str, str | None], Json] = {}
    for gap in attribute.get("gaps") or ():
        if gap.get("operating_point") not in (None, point) or not is_number(gap.get("p_value")):
            continue
        key = (str(gap.get("name")), gap.get("class"))
        if key not in chosen or gap["p_value"] < chosen[key]["p_value"]:
            chosen[key] = gap
    if not chosen:
        return None
    columns = (
        Column("Gap in", weight=1.9),
        Column("Group against others", weight=1.9),
        Column("Difference", numeric=True, weight=1.5),
        Column("Adjusted p", numeric=True, weight=0.9),
        Column("Could be seen", numeric=True, weight=1.0),
    )
    rows = tuple(_gap_row(gap) for gap in chosen.values())
    return Table(columns, rows, f"Largest gaps by {attribute.get('column')}")


def _gap_row(gap: Json) -> tuple[str | Cell, ...]:
    name = str(gap.get("name"))
    title = measure(name).title + (f", {shorten(str(gap['class']), 24)}" if gap.get("class") else "")
    term = str(gap.get("term"))
    note = "" if term == f"{name.replace('_', ' ')} gap" else term
    difference = gap["difference"]
    p = gap.get("p_adjusted")
    shown = is_number(p) and float(p) <= 0.05 and gap.get("family") == "performance"  # type: ignore[arg-type]
    detectable = gap.get("detectable")
    percent = measure(name).percent
    return (
        Cell(title, note=note),
        Cell(shorten(str(gap.get("level")), 30), note=f"against {shorten(str(gap.get('against')), 30)}"),
        Cell(_points(difference["value"], percent), "strong", _span(difference, percent)),
        Cell(p_text(p).replace("p ", "").removeprefix("= "), "bad" if shown else "plain"),
        number(detectable, percent=percent, digits=0 if percent else 2) if is_number(detectable) else "–",
    )


def _points(value: Any, percent: bool) -> str:
    return ("+" if float(value) > 0 else "") + number(value, percent=percent)


def _span(metric: MetricJson, percent: bool) -> str:
    if not has_interval(metric):
        return "no interval"
    return f"{_points(metric['ci_low'], percent)} to {_points(metric['ci_high'], percent)}"
