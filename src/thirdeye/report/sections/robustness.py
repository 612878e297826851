"""Would more cases help? Does chance decide?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.learning_curve import Line, MeasuredPoint, learning_figure
from thirdeye.report.names import measure
from thirdeye.report.numbers import (
    count,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    short_text,
)

Z = 1.959964

_READ = (
    "This is the curve of the frozen network with a linear head. The finished network was trained further "
    "and may lie higher; what is read here is how the curve rises, not how high it lies."
)
_LEVELS = {"rising": "note", "levelling": "note", "flat": "note", "undetermined": "warning"}


def robustness_section(evidence: Evidence) -> Section | None:
    """The learning curve and the play of chance; None where neither was measured."""
    found = evidence.evaluation.get("robustness")
    if not isinstance(found, Mapping):
        return None
    curve, seeds = found.get("learning_curve") or {}, found.get("seeds") or {}
    blocks = [*_curve_blocks(curve, evidence.drawn_by), *_seed_blocks(seeds)]
    return Section("robustness", "Would more cases help? Does chance decide?", tuple(blocks))


def robustness_sentence(evidence: Evidence) -> str:
    """For the summary: what more cases would bring; empty where nothing was measured."""
    found = evidence.evaluation.get("robustness")
    curve = found.get("learning_curve") if isinstance(found, Mapping) else None
    if not isinstance(curve, Mapping) or not curve.get("points"):
        return ""
    return f"{curve.get('verdict', '')} (Learning curve of the network's frozen features.)"


def _curve_blocks(curve: Mapping[str, Any], cluster: str) -> list[Block]:
    level = _LEVELS.get(str(curve.get("outcome")), "note")
    blocks: list[Block] = [Notice(level, "Would more cases help?", str(curve.get("verdict", "")))]  # type: ignore[arg-type]
    points = [point for point in curve.get("points") or () if is_number(point.get("value"))]
    if not points:
        return blocks
    blocks.append(_figure(curve, points, cluster))
    blocks.append(Paragraph(_READ))
    blocks.append(_predictions(curve, cluster))
    needed = [_needed(metric, cluster) for metric in curve.get("cases_needed") or ()]
    blocks.append(Paragraph(" ".join([*needed, _how(curve, points)]), "small"))
    return blocks


def _figure(curve: Mapping[str, Any], points: Sequence[Mapping[str, Any]], cluster: str) -> Figure:
    title = measure(str(curve.get("measure", "auc"))).title
    shown = [
        MeasuredPoint(
            float(p["n_patients"]), float(p["value"]),
            max(0.0, float(p["value"]) - Z * float(p["standard_error"])),
            min(1.0, float(p["value"]) + Z * float(p["standard_error"])),
        )
        for p in points
    ]  # fmt: skip
    drawn = curve.get("curve") or {}
    line = Line(*(drawn.get(name) or () for name in ("n_patients", "value", "ci_low", "ci_high")))
    text = (
        f"{title} on held-out development cases against the number of {cluster}s learnt from. The intervals "
        "of the points move together: all were measured on the same cases. The dashed part is a prediction."
    )
    alt = ". ".join(f"{p.n:,.0f} {cluster}s: {number(p.value)}" for p in shown)
    drawing = learning_figure(shown, line, x=f"{cluster.capitalize()}s learnt from", y=title)
    return Figure(drawing, text, alt, name="learning_curve")


def _predictions(curve: Mapping[str, Any], cluster: str) -> Table:
    title = measure(str(curve.get("measure", "auc"))).title
    columns = (
        Column("Cases", weight=1.4), Column(f"Expected {title}", numeric=True), Column("Gain", numeric=True),
    )  # fmt: skip
    rows = []
    for prediction in curve.get("predictions") or ():
        value, gain = prediction.get("value") or {}, prediction.get("gain") or {}
        at = (value.get("details") or {}).get("at_patients")
        cases = f"{prediction.get('factor')} times as many" + (f" ({at:,.0f})" if is_number(at) else "")
        rows.append((cases, _cell(value), _cell(gain)))
    return Table(columns, tuple(rows), f"What more {cluster}s would be expected to bring")


def _cell(metric: Mapping[str, Any]) -> Cell:
    if not has_value(metric):
        return Cell("not predicted", "muted", str(metric.get("reason") or ""))
    return Cell(number(metric["value"]), note=interval_text(metric))


def _needed(metric: Mapping[str, Any], cluster: str) -> str:
    details = metric.get("details") or {}
    title = measure(str(details.get("measure", "auc"))).title
    wanted = f"{title} {number(details.get('wanted', 0), digits=2)}"
    if not has_value(metric):
        why = metric.get("reason")
        return f"With the frozen network, {wanted} cannot be promised with any number of {cluster}s: {why}."
    high = metric.get("ci_high")
    upper = f"{high:,.0f}" if is_number(high) else "without bound"
    return (
        f"With the frozen network, {wanted} would be expected with {metric['value']:,.0f} {cluster}s "
        f"({metric['ci_low']:,.0f} to {upper})."
    )


def _how(curve: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> str:
    splits = count(int(curve.get("n_splits", 0)), "split")
    return (
        f"Measured with {curve.get('technique')}, from {len(points)} nested subsets in {splits}, on held-out "
        "development cases; the test part took no part. The curve is an inverse power law."
    )


def _seed_blocks(seeds: Mapping[str, Any]) -> list[Block]:
    if not seeds:
        return []
    said = Paragraph(str(seeds.get("verdict", "")))
    blocks: list[Block] = [Paragraph("Does chance decide?", "label"), said]
    trainings = [t for t in seeds.get("trainings") or () if has_value(t.get("metric"))]
    if trainings:
        blocks.append(_trainings(trainings, seeds.get("interval")))
    if seeds.get("measured_with"):
        blocks.append(
            Paragraph(
                f"Measured with {seeds['measured_with']}.",
                "small",
            )
        )
    return blocks


def _trainings(trainings: Sequence[Mapping[str, Any]], interval: Mapping[str, Any] | None) -> Figure:
    rows = [
        Row(f"Seed {training['seed']}", *_ends(training["metric"]), short_text(training["metric"]))
        for training in trainings
    ]
    if interval is not None and has_value(interval):
        rows.append(Row("Cases and seeds together", *_ends(interval), short_text(interval), hollow=True))
    title = measure(str(trainings[0]["metric"].get("name"))).title
    return Figure(
        interval_figure(rows, x=f"{title} on the test part"),
        f"{title} of each whole training on the same test part, and the interval that holds both sources.",
        ". ".join(f"{row.name}: {row.text}" for row in rows),
    )


def _ends(metric: Mapping[str, Any]) -> tuple[float, float | None, float | None]:
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return float(metric["value"]), low, high
