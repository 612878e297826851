"""Angles, distances and ratios that follow from the points, against their reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Cell, Column, Figure, FigureRow, Fold, Paragraph, Table
from thirdeye.report.figures.bland_altman import Line, bland_altman_figure
from thirdeye.report.located.agreement import FROM_POINTS, NETWORK, by_kind, first_measurement
from thirdeye.report.located.point_words import UNIT_AXES, plain_quantity, quantity
from thirdeye.report.names import method_title
from thirdeye.report.numbers import MetricJson, has_interval, has_value, is_number, number
from thirdeye.report.sets import EvidenceSet

_MOST_DRAWN = 6
_SAME_DEG = 0.5
_NOTHING = "No measurement could be compared with its reference."


def measurement_blocks(part: EvidenceSet) -> list[Block]:
    """A sentence, the table of agreement, and the figures of Bland and Altman; none without measurements."""
    entries = [one for one in part.content.get("measurements") or () if isinstance(one, Mapping)]
    if not entries:
        return []
    mine = [one for one in entries if one.get("measured") == NETWORK]
    points = [one for one in mine if one.get("reference") == FROM_POINTS]
    stated = [one for one in mine if one.get("reference") != FROM_POINTS]
    control = [one for one in entries if one.get("measured") != NETWORK]
    blocks: list[Block] = [
        Paragraph("What is measured from the points", "label"),
        Paragraph(first_measurement(part) or _NOTHING),
    ]
    blocks.append(_table(points, part, "Measured from the network's points and from the expert's"))
    drawn = [one for one in points if one.get("unit") != "pct"][:_MOST_DRAWN]
    figures = tuple(figure for one in drawn if (figure := _figure(part, one)))
    if figures:
        blocks.append(FigureRow(figures))
    if stated:
        blocks.append(Paragraph(_stated(control)))
        blocks.append(
            _table(stated, part, "Measured from the network's points and as the table states it", ())
        )
    if control:
        table = _table(control, part, "Measured from the expert's points and as the table states it", ())
        blocks.append(Fold("The expert's own points against the stated values", (table,)))
    return blocks


def _table(
    entries: Sequence[Mapping[str, Any]],
    part: EvidenceSet,
    caption: str,
    notes: tuple[str, ...] | None = None,
) -> Table:
    columns = (
        Column("Measurement", weight=1.3), Column("Cases", numeric=True, weight=0.6),
        Column("Mean absolute difference", numeric=True, weight=1.1),
        Column("Bias", numeric=True, weight=1.1),
        Column("Limits of agreement", numeric=True, weight=1.5), Column("ICC(2,1)", numeric=True, weight=1.1),
    )  # fmt: skip
    rows = tuple(_row(one) for one in entries)
    metrics = [m for one in entries for m in one.get("metrics") or ()]
    return Table(columns, rows, caption, _notes(entries, metrics, part) if notes is None else notes)


def _row(entry: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    unit, found = str(entry.get("unit")), by_kind(entry)
    lost = sum((entry.get("n_excluded") or {}).values())
    n = Cell(f"{entry.get('n', 0):,}", note=f"{lost:,} left out" if lost else "")
    name = shorten(str(entry.get("name")), 40)
    if "smape" in found:
        return (f"{name}, all (SMAPE)", n, _value(found["smape"], "pct"), "", "", "")
    limits = _limits(found, unit)
    return (
        name, n, _value(found.get("mae"), unit), _value(found.get("bias"), unit), limits,
        _value(found.get("icc"), "icc"),
    )  # fmt: skip


def _value(metric: MetricJson | None, unit: str) -> Cell:
    if metric is None or not has_value(metric):
        return Cell("undefined", "muted", str((metric or {}).get("reason") or ""))
    if unit == "icc":
        shown = [number(metric[key]) for key in ("value", "ci_low", "ci_high") if is_number(metric.get(key))]
    else:
        shown = [quantity(metric["value"], unit)]
        shown += [
            plain_quantity(metric[key], unit) for key in ("ci_low", "ci_high") if is_number(metric.get(key))
        ]
    return Cell(shown[0], note=f"{shown[1]} to {shown[2]}" if len(shown) == 3 else "no interval")


def _limits(found: Mapping[str, MetricJson], unit: str) -> Cell:
    low, high = found.get("loa_low"), found.get("loa_high")
    if low is None or high is None or not has_value(low) or not has_value(high):
        return Cell("undefined", "muted")
    outer = ""
    if has_interval(low) and has_interval(high):
        outer = f"outermost {plain_quantity(low['ci_low'], unit)} to {plain_quantity(high['ci_high'], unit)}"
    return Cell(f"{plain_quantity(low['value'], unit)} to {quantity(high['value'], unit)}", note=outer)


def _notes(
    entries: Sequence[Mapping[str, Any]], metrics: Sequence[MetricJson], part: EvidenceSet
) -> tuple[str, ...]:
    said = [
        "Bias: measured minus reference, mean. Limits of agreement: bias and 1.96 standard deviations either "
        "way; “outermost” are the ends of their intervals, which is how far they may truly lie.",
    ]
    if any(one.get("kind") == "cobb_3" for one in entries):
        said.append(
            "Cobb angles as in the AASCE 2019 challenge: 1 is the largest angle between two vertebrae, 2 and "
            "3 those of the curves beside it. Which vertebrae 2 and 3 lie between can change with a small "
            "shift of the points, so they agree less. SMAPE: sum of the differences of a case over that of "
            "its angles."
        )
    methods = sorted({method_title(str(m["ci_method"]), part.cluster) for m in metrics if m.get("ci_method")})
    return (*said, f"95% intervals: {'; '.join(methods)}.") if methods else tuple(said)


def _stated(control: Sequence[Mapping[str, Any]]) -> str:
    """How the values of the table fit the expert's own points."""
    found = [(by_kind(one).get("mae"), str(one.get("unit"))) for one in control if one.get("unit") != "pct"]
    known = [(float(m["value"]), unit) for m, unit in found if m is not None and has_value(m)]
    said = "The data's table states the values too."
    if not known:
        return said
    worst, unit = max(known)
    how = quantity(worst, unit, 2)
    if unit == "deg" and worst < _SAME_DEG:
        return f"{said} The expert's own points give the same to {how} on average: both speak of one thing."
    return f"{said} The expert's own points differ from them by up to {how} on average."


def _figure(part: EvidenceSet, entry: Mapping[str, Any]) -> Figure | None:
    name, unit = str(entry.get("name")), str(entry.get("unit"))
    pairs = _pairs(part, name)
    found = by_kind(entry)
    lines = [_line(found.get(kind)) for kind in ("bias", "loa_low", "loa_high")]
    bias, low, high = lines
    if len(pairs) < 2 or bias is None or low is None or high is None:
        return None
    axis = f" ({UNIT_AXES[unit]})" if UNIT_AXES.get(unit) else ""
    drawing = bland_altman_figure(
        [(a + b) / 2 for a, b in pairs], [b - a for a, b in pairs], bias=bias, limits=(low, high),
        x=f"Mean of both{axis}", y=f"Network minus expert{axis}", title=f"{name} (n = {len(pairs):,})",
    )  # fmt: skip
    alt = f"{name}: bias {bias.value:.3g}, limits of agreement {low.value:.3g} to {high.value:.3g}"
    caption = "Each dot is a case. Line: bias. Dashed: limits of agreement. Pale: their 95% intervals."
    return Figure(drawing, caption, alt, name=f"agreement_{name}")


def _pairs(part: EvidenceSet, name: str) -> list[tuple[float, float]]:
    """Reference and found value of each case that has both."""
    rows = [(case.get("measurements") or {}).get(name) or {} for case in part.content.get("cases") or ()]
    return [
        (float(one["reference"]), float(one["found"]))
        for one in rows
        if is_number(one.get("reference")) and is_number(one.get("found"))
    ]


def _line(metric: MetricJson | None) -> Line | None:
    if metric is None or not has_value(metric):
        return None
    low, high = (float(metric[end]) if has_interval(metric) else None for end in ("ci_low", "ci_high"))
    return Line(float(metric["value"]), low, high)
