"""Tables of measures: value, interval, n, and how each was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Paragraph, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.names import (
    OPERATING_POINTS,
    THRESHOLD_ORIGINS,
    measure,
    operating_point_title,
)
from thirdeye.report.numbers import (
    MetricJson,
    has_interval,
    has_value,
    interval_text,
    is_number,
    n_text,
    number,
    value_text,
)
from thirdeye.report.sets import EvidenceSet, prevalence_of

_COLUMNS = (
    Column("Measure", weight=2.3),
    Column("Value", numeric=True, weight=1.3),
    Column("Interval", numeric=True, weight=1.7),
    Column("Cases", numeric=True, weight=1.1),
    Column("How", weight=2.4),
)
_METHODS = {
    "wilson": "Wilson",
    "delong": "DeLong",
    "obuchowski_1997": "Obuchowski 1997, clustered by patient",
    "bootstrap": "bootstrap by patient",
}
_HEADLINE_LAST = ("accuracy",)


def measure_table(part: EvidenceSet, metrics: Sequence[MetricJson], caption: str) -> Table:
    """One row per metric; accuracy never comes first."""
    ranked = sorted(metrics, key=lambda metric: metric.get("name") in _HEADLINE_LAST)
    rows = tuple(_row(metric, part) for metric in ranked)
    notes = [
        f"{measure(str(metric['name'])).title}: {metric['convention']}." for metric in ranked if metric.get("convention")
    ]
    unstable = [measure(str(m["name"])).title for m in metrics if m.get("status") in ("unstable", "degenerate")]
    if unstable:
        notes.insert(0, f"† resting on few cases, or without variance: read with care ({', '.join(unstable)}).")
    return Table(_COLUMNS, rows, caption, tuple(dict.fromkeys(notes)))


def _row(metric: MetricJson, part: EvidenceSet) -> tuple[str | Cell, ...]:
    name = str(metric.get("name"))
    kind = measure(name)
    title = kind.title
    prevalence = prevalence_of(part)
    meaning = kind.meaning
    if name in ("ppv", "npv", "average_precision") and prevalence is not None:
        meaning = f"{meaning}; prevalence here {number(prevalence, percent=True)}"
    return (
        Cell(title, note=meaning),
        metric_cell(metric),
        Cell(interval_text(metric), "plain" if has_interval(metric) else "muted"),
        n_text(metric, part.unit),
        Cell(how_text(metric), "muted", str(metric.get("reason") or "") if has_value(metric) else ""),
    )


def metric_cell(metric: MetricJson | None) -> Cell:
    """The value; a dagger marks one that needs care, a muted tone one that is not there."""
    if metric is None or not has_value(metric):
        return Cell(value_text(metric), "muted")
    dagger = " †" if metric.get("status") in ("unstable", "degenerate") else ""
    return Cell(value_text(metric) + dagger, "strong")


def how_text(metric: MetricJson) -> str:
    """Method of the interval in words."""
    method = str(metric.get("ci_method") or "")
    return _METHODS.get(method, method.replace("_", " "))


def point_blocks(part: EvidenceSet) -> list[Block]:
    """A table per operating point, with its threshold and where it comes from."""
    blocks: list[Block] = []
    for point in part.points:
        name = str(point.get("name"))
        metrics = part.of_point(name)
        if not metrics:
            continue
        blocks.append(measure_table(part, metrics, _point_caption(part, point)))
    return blocks


def _point_caption(part: EvidenceSet, point: Mapping[str, Any]) -> str:
    name = str(point.get("name"))
    rule = OPERATING_POINTS.get(name, ("", str(point.get("rule") or "")))[1]
    threshold = point.get("threshold")
    origin = str(point.get("origin") or "")
    shown = f"positive at a probability of {threshold:.4g} or more" if is_number(threshold) else "threshold not recorded"
    prevalence = prevalence_of(part)
    at = f"; prevalence {number(prevalence, percent=True)}" if prevalence is not None else ""
    parts = [rule, shown, THRESHOLD_ORIGINS.get(origin, origin.replace("_", " "))]
    return f"{operating_point_title(name)}: {'; '.join(text for text in parts if text)}{at}"


def class_blocks(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    """Per-class table and figure; empty for a binary task."""
    if evidence.task == "binary":
        return []
    of_class = [metric for metric in part.metrics if metric.get("class") and not metric.get("operating_point")]
    if not of_class:
        return []
    names = list(dict.fromkeys(str(metric["name"]) for metric in of_class))[:6]
    classes = list(dict.fromkeys(str(metric["class"]) for metric in of_class))
    rows = []
    for class_name in classes:
        found = [part.metric(name, class_name=class_name) for name in names]
        cells = [_value_over_interval(metric) for metric in found]
        rows.append((class_name, _class_n(found, part, class_name), *cells))
    columns = [Column("Class", weight=1.8), Column("Cases", numeric=True, weight=0.8)]
    columns += [Column(measure(name).title, numeric=True, weight=1.2) for name in names]
    table = Table(tuple(columns), tuple(rows), "Each class against the rest, with 95% intervals")
    return [Paragraph("Class by class", "label"), table, *_class_figure(part, classes)]


def _class_figure(part: EvidenceSet, classes: Sequence[str]) -> list[Block]:
    rows = [_figure_row(name, part.metric("auc", class_name=name)) for name in classes]
    if all(row.value is None for row in rows):
        return []
    drawing = interval_figure(rows, x="AUC of the class against the rest", reference=0.5, reference_name="chance")
    text = "AUC of each class against the rest with its interval."
    return [Figure(drawing, text, ". ".join(f"{row.name}: {row.text}" for row in rows))]


def _figure_row(name: str, metric: MetricJson | None) -> Row:
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, "undefined" if metric else "not computed")
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, value_text(metric))


def _class_n(metrics: Sequence[MetricJson | None], part: EvidenceSet, class_name: str) -> str:
    for metric in metrics:
        if metric is not None and is_number(metric.get("n_pos")):
            return f"{metric['n_pos']:,}"
    share = prevalence_of(part, class_name)
    n = part.content.get("n")
    return f"{round(share * n):,}" if share is not None and isinstance(n, int) else ""


def _value_over_interval(metric: MetricJson | None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell("undefined" if metric else "not computed", "muted", str((metric or {}).get("reason") or ""))
    cell = metric_cell(metric)
    return Cell(cell.text, note=interval_text(metric))


def subgroup_blocks(part: EvidenceSet) -> list[Block]:
    """Subgroups where the evidence holds any."""
    groups = part.content.get("subgroups") or ()
    rows = []
    for group in groups:
        title = f"{group.get('by', group.get('column', ''))}: {group.get('value', group.get('name', ''))}"
        for metric in group.get("metrics") or ():
            cell = metric_cell(metric)
            rows.append(
                (title, measure(str(metric["name"])).title, cell, interval_text(metric), n_text(metric, part.unit))
            )
    if not rows:
        return []
    columns = (
        Column("Subgroup", weight=2),
        Column("Measure", weight=1.5),
        Column("Value", numeric=True),
        Column("Interval", numeric=True, weight=1.5),
        Column("Cases", numeric=True),
    )
    return [Table(columns, tuple(rows), "Subgroups")]
