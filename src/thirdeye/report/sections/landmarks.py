"""Points that were found: how far they lie from the expert's, point by point, and drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from thirdeye.report.clean import shorten, typeset
from thirdeye.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Figure,
    FigureRow,
    Fold,
    Gallery,
    Paragraph,
    Picture,
    Section,
    Table,
)
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.band import Band
from thirdeye.report.figures.case_spread import case_spread_figure
from thirdeye.report.figures.roc import Curve
from thirdeye.report.figures.sdr_curve import sdr_figure
from thirdeye.report.located.point_words import (
    LENGTHS,
    distance_interval,
    distance_text,
    success_names,
    success_title,
)
from thirdeye.report.names import method_title
from thirdeye.report.numbers import (
    MetricJson,
    count,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    value_text,
)
from thirdeye.report.sections.measured_types import type_blocks
from thirdeye.report.sections.measurements import measurement_blocks
from thirdeye.report.sections.point_readers import reader_blocks, short_name
from thirdeye.report.sets import EvidenceSet, part_anchor

_FEW = 16  # points that are all shown
_WORST = 10
LEGEND = "Amber ring: the expert. Blue dot: the network."


def landmarks_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """The results of one set of a study of landmarks; None of another kind of study."""
    if evidence.task != "landmarks" or not part.content.get("cases"):
        return None
    names = list(part.content.get("n_by_class") or {})
    unit = str(part.content.get("length_unit") or "px")
    blocks: list[Block] = [
        Paragraph(_answer(part, unit), "lead"),
        _overall(part, unit),
        _figures(part, unit),
        *_drawn(evidence, part),
        *_by_point(part, names, unit),
        *measurement_blocks(part),
        *type_blocks(part),
        *reader_blocks(part),
        *_warnings(part),
        _extremes(part, unit),
    ]
    title = "Points in the test part" if part.name == "test" else f"Points in {part.title}"
    return Section(part_anchor("points", part), title, tuple(blocks))


def _answer(part: EvidenceSet, unit: str) -> str:
    mean = part.metric(f"mre_{unit}")
    if mean is None or not has_value(mean):
        return "No point could be measured against the expert's."
    median = (mean.get("details") or {}).get("median")
    said = f"On average a point lies {distance_text(mean, unit)} from the expert's"
    if is_number(median):
        said += f"; half of the points lie within {number(median, digits=1)} {LENGTHS[unit]}"
    relative = part.metric("mre_pct")
    if has_value(relative) and relative:
        said += f" (mean: {number(relative['value'], digits=2)}% of the longer side of the image)"
    return f"{said}."


def _overall(part: EvidenceSet, unit: str) -> Table:
    """All points together."""
    mean = part.metric(f"mre_{unit}") or {}
    details = mean.get("details") or {}
    value = distance_text(mean, unit, bare=True) if has_value(mean) else "none"
    rows: list[tuple[str | Cell, ...]]
    rows = [("Mean distance", Cell(value, "strong"), distance_interval(mean))]
    for key, title in (
        ("median", "Median distance"),
        ("p95", "95 of 100 points lie within"),
        ("largest", "Largest"),
    ):
        if is_number(details.get(key)):
            rows.append((title, f"{number(details[key], digits=1)} {LENGTHS[unit]}", ""))
    success = [m for name in success_names(part) if (m := part.metric(name))]
    rows += [
        (success_title(str(m["name"])), value_text(m), interval_text(m) or "no interval") for m in success
    ]
    lost, absent = details.get("n_missing"), (mean.get("n_excluded") or {}).get("no reference")
    if lost:
        rows.append(("Points that were not found", f"{lost:,}", "count as failures"))
    if absent:
        rows.append(("Points without a reference", f"{absent:,}", "left out"))
    columns = (
        Column("All points", weight=2.0),
        Column("Value", numeric=True),
        Column("95% interval", numeric=True, weight=1.3),
    )
    n, images = mean.get("n"), part.content.get("n")
    shown = (
        f"{n:,} points in {count(images, part.unit)}"
        if isinstance(n, int) and isinstance(images, int)
        else ""
    )
    return Table(
        columns,
        tuple(rows),
        f"How far the points lie from the expert's: {shown}",
        _notes(part, [mean, *success]),
    )


def _notes(part: EvidenceSet, metrics: Sequence[MetricJson]) -> tuple[str, ...]:
    said = []
    if any(str(m.get("name")).endswith("pct") for m in metrics):
        said.append(
            "The images do not state the size of a pixel: distances are in pixels of the images as stored, "
            "and success is counted within shares of the longer side of each image."
        )
    methods = sorted({method_title(str(m["ci_method"]), part.cluster) for m in metrics if m.get("ci_method")})
    if methods:
        said.append(f"95% intervals: {'; '.join(methods)}.")
    if any(m.get("status") == "unstable" for m in metrics):
        said.append("Some intervals rest on few cases.")
    return tuple(said)


def _figures(part: EvidenceSet, unit: str) -> FigureRow:
    figures = []
    curve = part.content.get("sdr_curve") or {}
    if curve.get("distance"):
        figures.append(_curve(part, curve))
    if any(is_number(case.get("mean_distance")) for case in part.content["cases"]):
        figures.append(_spread(part, unit))
    return FigureRow(tuple(figures))


def _curve(part: EvidenceSet, curve: Mapping[str, Any]) -> Figure:
    x = curve["distance"]
    band = Band(x, curve["low"], curve["high"]) if curve.get("low") else None
    others = [Curve(short_name(name), x, y) for name, y in (curve.get("others") or {}).items()]
    relative = curve.get("unit") == "pct"
    tolerances = [
        float(name[4:].removesuffix("pct").removesuffix("mm").replace("_", "."))
        for name in success_names(part)
    ]
    drawing = sdr_figure(
        Curve("network", x, curve["share"]), others, tolerances=tolerances, band=band,
        unit="% of the longer side" if relative else "mm",
    )  # fmt: skip
    half = next((d for d, share in zip(x, curve["share"], strict=True) if share >= 0.5), None)
    alt = (
        f"Half of the points lie within {half:.2g}." if half is not None else "Fewer than half lie within it."
    )
    caption = "Share of the points within each distance; a point that was not found never is."
    caption += f" Pale: pointwise 95% band, drawn anew by {part.cluster}." if band else ""
    return Figure(drawing, caption, alt, title="Success at every distance", name="success")


def _spread(part: EvidenceSet, unit: str) -> Figure:
    """The mean distance of each case."""
    values = [float(c["mean_distance"]) for c in part.content["cases"] if is_number(c.get("mean_distance"))]
    drawing = case_spread_figure(values, x=f"Mean distance of a case ({LENGTHS[unit]})")
    caption = "Below, every case is a tick, the bar holds the middle half, the dot is the median."
    return Figure(drawing, caption, f"{len(values)} cases", title="Case by case", name="cases")


def _drawn(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    drawn = [one for one in part.content.get("drawn") or () if isinstance(one, Mapping)]
    if not drawn:
        return []
    lines = any(one.get("measurement") for one in drawn)
    more = " Lines: what the first measurement is taken between." if lines else ""
    blocks: list[Block] = [
        Paragraph("Best, median and worst, drawn", "label"),
        Paragraph(f"Chosen by the mean distance alone.{more} The part around the points is shown."),
    ]
    pictures = tuple(_picture(evidence, one) for one in drawn)
    return [*blocks, Gallery("Cases", LEGEND, pictures, alone=True)]


def _picture(evidence: Evidence, one: Mapping[str, Any]) -> Picture:
    unit = str(one.get("unit") or "px")
    mean = (
        f"{number(one['mean_distance'], digits=1)} {LENGTHS[unit]}"
        if is_number(one.get("mean_distance"))
        else "none"
    )
    rank = str(one.get("rank") or "case").capitalize()
    lines = [f"{rank}: mean distance {mean}"]
    taken = one.get("measurement") or {}
    if is_number(taken.get("found")) and is_number(taken.get("reference")):
        sign = {"deg": "°", "1": ""}.get(str(taken.get("unit")), f" {taken.get('unit')}")
        said = [f"{number(taken[side], digits=1)}{sign}" for side in ("found", "reference")]
        lines.append(f"{shorten(str(taken.get('name')), 30)}: {said[0]} (expert {said[1]})")
    lines.append(shorten(str(one.get("case") or ""), 60))
    return Picture(evidence.picture(one.get("picture")), None, tuple(lines), lines[0])


def _by_point(part: EvidenceSet, names: Sequence[str], unit: str) -> list[Block]:
    """Point by point; of many the worst ten, the spread, and all of them folded."""
    if len(names) < 2:
        return []
    known = [name for name in names if has_value(part.metric(f"mre_{unit}", class_name=name))]
    ranked = sorted(
        known, key=lambda name: -float((part.metric(f"mre_{unit}", class_name=name) or {})["value"])
    )
    if len(names) <= _FEW:
        return [_points(part, list(names), unit, "Point by point")]
    values = [float((part.metric(f"mre_{unit}", class_name=name) or {})["value"]) for name in ranked]
    middle = sorted(values)[len(values) // 2]
    said = (
        f"Over the {len(names)} points the mean distance goes from {number(values[-1], digits=1)} to "
        f"{number(values[0], digits=1)} {LENGTHS[unit]}, half of them below {number(middle, digits=1)}."
    )
    worst = _points(part, ranked[:_WORST], unit, f"The {_WORST} points that lie furthest from the expert's")
    every = _points(part, list(names), unit, "Every point", brief=True)
    return [Paragraph(said), worst, Fold(f"Every point ({len(names)})", (every,))]


def _points(
    part: EvidenceSet, names: Sequence[str], unit: str, caption: str, *, brief: bool = False
) -> Table:
    """One row per point; `brief` leaves the intervals out."""
    rates = success_names(part)[::2][:2]
    columns = (
        Column("Point", weight=1.3), Column("Images", numeric=True, weight=0.6),
        Column(f"Mean distance ({LENGTHS[unit]})", numeric=True, weight=1.2),
        Column("Median", numeric=True, weight=0.7), Column("95th percentile", numeric=True, weight=0.7),
        *(Column(success_title(one), numeric=True) for one in rates),
        Column("Not found", numeric=True, weight=0.6),
    )  # fmt: skip
    rows = tuple(_point(part, name, unit, rates) for name in names)
    if brief:
        rows = tuple(
            tuple(replace(cell, note="") if isinstance(cell, Cell) else cell for cell in row) for row in rows
        )
    notes = ("Intervals of every point stand in evaluation.json.",) if brief else ()
    return Table(columns, rows, caption, notes)


def _point(part: EvidenceSet, name: str, unit: str, rates: Sequence[str]) -> tuple[str | Cell, ...]:
    mean = part.metric(f"mre_{unit}", class_name=name)
    details = (mean or {}).get("details") or {}
    shares = [_cell(part.metric(rate, class_name=name)) for rate in rates]
    n = (part.content.get("n_by_class") or {}).get(name, 0)
    spread = [
        number(details[key], digits=1) if is_number(details.get(key)) else "none" for key in ("median", "p95")
    ]
    return (shorten(name, 40), f"{n:,}", _cell(mean, 1), *spread, *shares, f"{details.get('n_missing', 0):,}")


def _cell(metric: MetricJson | None, digits: int | None = None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell("none", "muted")
    if digits is None:
        return Cell(value_text(metric), note=interval_text(metric) if has_interval(metric) else "")
    shown = [
        number(metric[key], digits=digits)
        for key in ("value", "ci_low", "ci_high")
        if is_number(metric.get(key))
    ]
    return Cell(shown[0], note=f"{shown[1]} to {shown[2]}" if len(shown) == 3 else "no interval")


def _warnings(part: EvidenceSet) -> list[Block]:
    said = [typeset(str(one)) for one in part.content.get("warnings") or ()]
    return [Bullets(tuple(said))] if said else []


def _extremes(part: EvidenceSet, unit: str) -> Fold:
    """The worst cases by name, so that somebody can look at them."""
    known = [c for c in part.content["cases"] if is_number(c.get("mean_distance"))]
    known = sorted(known, key=lambda c: -float(c["mean_distance"]))[:_WORST]
    columns = (
        Column("Case", weight=2.0), Column(f"Mean distance ({LENGTHS[unit]})", numeric=True),
        Column("Largest", numeric=True), Column("Of the point", weight=1.2),
        Column("Not found", numeric=True, weight=0.7),
    )  # fmt: skip
    rows = tuple(
        (
            str(c["case"]), number(c["mean_distance"], digits=1), number(c["largest_distance"], digits=1),
            str(c["worst_point"]), f"{c.get('n_missing', 0):,}",
        )
        for c in known
    )  # fmt: skip
    note = "Every point of every case stands in predictions.csv."
    return Fold(f"The {len(rows)} worst cases, by name", (Table(columns, rows, "The worst", (note,)),))
