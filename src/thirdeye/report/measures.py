"""Tables of measures: value, interval, n, and how each was computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Facts, Figure, Fold, Paragraph, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.frequencies import false_alarms, none, of_hundred
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.names import (
    OPERATING_POINTS,
    THRESHOLD_ORIGINS,
    measure,
    method_title,
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
    short_text,
    value_text,
)
from thirdeye.report.points_crossed import crossed_sentence
from thirdeye.report.sets import EvidenceSet, prevalence_of, stated_prevalence

_COLUMNS = (
    Column("Measure", weight=2.3),
    Column("Value", numeric=True, weight=1.3),
    Column("Interval", numeric=True, weight=1.7),
    Column("Cases", numeric=True, weight=1.1),
    Column("Interval by", weight=2.0),
)
_HEADLINE_LAST = ("accuracy",)
_RATES = ("sensitivity", "specificity", "ppv", "npv")
_CLASS_TABLES = (
    (("auc", "sensitivity", "specificity", "ppv", "npv"), "Each class against the rest"),
    (
        ("average_precision", "brier", "calibration_intercept", "calibration_slope"),
        "Calibration of each class",
    ),
)


def measure_blocks(
    part: EvidenceSet, metrics: Sequence[MetricJson], caption: str, headline: Sequence[str], more: str
) -> list[Block]:
    """The measures of the headline in a table; the others folded under `more`."""
    first = [metric for metric in metrics if metric.get("name") in headline]
    rest = [metric for metric in metrics if metric.get("name") not in headline]
    if not first or not rest:
        return [measure_table(part, metrics, caption)]
    folded = measure_table(part, rest, more)
    return [measure_table(part, first, caption), Fold(f"{more} ({len(rest)})", (folded,))]


def measure_table(part: EvidenceSet, metrics: Sequence[MetricJson], caption: str) -> Table:
    """One row per metric; accuracy never comes first."""
    ranked = sorted(metrics, key=lambda metric: metric.get("name") in _HEADLINE_LAST)
    return Table(_COLUMNS, tuple(_row(metric, part) for metric in ranked), caption, _notes(ranked))


def _row(metric: MetricJson, part: EvidenceSet) -> tuple[str | Cell, ...]:
    reason = str(metric.get("reason") or "") if has_value(metric) else ""
    return (
        _title_cell(metric, part),
        metric_cell(metric),
        Cell(interval_text(metric), "plain" if has_interval(metric) else "muted"),
        n_text(metric, part.cluster),
        Cell(method_title(metric.get("ci_method"), part.cluster), "muted", reason),
    )


def _title_cell(metric: MetricJson, part: EvidenceSet) -> Cell:
    name = str(metric.get("name"))
    kind, prevalence = measure(name), prevalence_of(part)
    meaning = kind.meaning
    if name in ("ppv", "npv", "average_precision") and prevalence is not None:
        meaning = f"{meaning}; prevalence here {number(prevalence, percent=True)}"
    return Cell(kind.title, note=meaning)


def _notes(metrics: Sequence[MetricJson]) -> tuple[str, ...]:
    """Conventions, each once; before them what needs care."""
    titled = [(measure(str(metric["name"])).title, metric) for metric in metrics]
    notes = [f"{title}: {metric['convention']}." for title, metric in titled if metric.get("convention")]
    shaky = dict.fromkeys(
        title for title, metric in titled if metric.get("status") in ("unstable", "degenerate")
    )
    if shaky:
        notes.insert(0, f"† resting on few cases, or without variance: read with care ({'; '.join(shaky)}).")
    return tuple(dict.fromkeys(notes))


def metric_cell(metric: MetricJson | None) -> Cell:
    """The value; a dagger marks one that needs care, a muted tone one that is not there."""
    if metric is None or not has_value(metric):
        return Cell(value_text(metric), "muted")
    dagger = " †" if metric.get("status") in ("unstable", "degenerate") else ""
    return Cell(value_text(metric) + dagger, "strong")


def point_blocks(part: EvidenceSet) -> list[Block]:
    """What the operating points are, and one table with a column for each."""
    points = [point for point in part.points if part.of_point(str(point.get("name")))]
    if not points:
        return []
    facts = tuple((operating_point_title(str(point.get("name"))), _point_text(point)) for point in points)
    crossed = crossed_sentence(points)
    return [
        Paragraph("At the operating points", "label"), Facts(facts),
        *([Paragraph(crossed, "small")] if crossed else []), *_point_tables(part, points),
    ]  # fmt: skip


def _point_text(point: Mapping[str, Any]) -> str:
    rule = OPERATING_POINTS.get(str(point.get("name")), ("", str(point.get("rule") or "")))[1]
    threshold, origin = point.get("threshold"), str(point.get("origin") or "")
    shown = (
        f"positive at a probability of {threshold:.4g} or more"
        if is_number(threshold)
        else "no threshold recorded"
    )
    parts = (shown, rule, THRESHOLD_ORIGINS.get(origin, origin.replace("_", " ")))
    return "; ".join(text for text in parts if text)


def _point_tables(part: EvidenceSet, points: Sequence[Mapping[str, Any]]) -> list[Block]:
    """The four rates that a clinician asks for in sight; the other measures folded."""
    metrics = [{str(m["name"]): m for m in part.of_point(str(point.get("name")))} for point in points]
    names = sorted(
        dict.fromkeys(name for found in metrics for name in found), key=_HEADLINE_LAST.__contains__
    )
    first = [name for name in names if name in _RATES]
    rest = [name for name in names if name not in _RATES]
    prevalence = prevalence_of(part)
    shown = (
        f"prevalence {number(prevalence, percent=True)}"
        if prevalence is not None
        else "prevalence not recorded"
    )
    hundred = ("Of 100 cases", _hundred_note(part), [_hundred_cell(part, found) for found in metrics])
    caption = f"Measures at the operating points, {shown}"
    more = "Further measures at the operating points"
    blocks: list[Block] = [_point_table(part, points, metrics, first, caption, hundred)]
    if rest:
        folded = _point_table(part, points, metrics, rest, more)
        blocks.append(Fold(f"{more} ({len(rest)})", (folded,)))
    return blocks


def _point_table(
    part: EvidenceSet,
    points: Sequence[Mapping[str, Any]],
    metrics: Sequence[Mapping[str, MetricJson]],
    names: Sequence[str],
    caption: str,
    opening: tuple[str, str, list[Cell]] | None = None,
) -> Table:
    """A row per measure, a column per operating point; `opening` is a row of its own before them."""
    rows: list[tuple[str | Cell, ...]] = []
    if opening is not None:
        rows.append((Cell(opening[0], note=opening[1]), *opening[2], ""))
    for name in names:
        of_name = [found.get(name) for found in metrics]
        first = next(metric for metric in of_name if metric is not None)
        cells = (_point_cell(metric) for metric in of_name)
        rows.append((_title_cell(first, part), *cells, _how_cell(of_name, part)))
    titles = [operating_point_title(str(point.get("name"))) for point in points]
    columns = (
        Column("Measure", weight=2.2),
        *(Column(title, numeric=True, weight=1.5) for title in titles),
        Column("Interval by", weight=1.4),
    )
    every = [found[name] for found in metrics for name in names if name in found]
    return Table(columns, tuple(rows), caption, _notes(every))


def _hundred_note(part: EvidenceSet) -> str:
    prevalence = stated_prevalence(part) or prevalence_of(part)
    return "" if prevalence is None else f"at a prevalence of {number(prevalence, percent=True)}"


def _hundred_cell(part: EvidenceSet, found: Mapping[str, MetricJson]) -> Cell:
    """Natural frequencies: what happens to a hundred cases at the prevalence that is reported."""
    prevalence = stated_prevalence(part) or prevalence_of(part)
    rates = [found.get(name) for name in ("sensitivity", "specificity")]
    if prevalence is None or not all(map(has_value, rates)):
        return Cell("not known", "muted")
    sensitivity, specificity = (float((rate or {})["value"]) for rate in rates)
    hundred = of_hundred(prevalence=prevalence, sensitivity=sensitivity, specificity=specificity)
    return Cell(
        f"{none(hundred.found)} found, {none(hundred.missed)} missed",
        note=f"{false_alarms(hundred.false_alarms)}, {none(hundred.passed)} rightly passed",
    )


def _point_cell(metric: MetricJson | None) -> Cell:
    cell = metric_cell(metric)
    if metric is None:
        return cell
    interval = interval_text(metric)
    counted = f"n = {metric['n']:,}" if isinstance(metric.get("n"), int) else "n not recorded"
    return Cell(cell.text, cell.tone, f"{interval}, {counted}" if interval else counted)


def _how_cell(metrics: Sequence[MetricJson | None], part: EvidenceSet) -> Cell:
    methods = dict.fromkeys(
        method_title(m.get("ci_method"), part.cluster)
        for m in metrics
        if m is not None and m.get("ci_method")
    )
    return Cell("; ".join(methods), "muted")


def class_blocks(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    """Per-class table and figure; empty for a binary task."""
    if evidence.task == "binary":
        return []
    classes = [
        name for name in evidence.classes if any(metric.get("class") == name for metric in part.metrics)
    ]
    if not classes:
        return []
    blocks: list[Block] = [Paragraph("Class by class", "label")]
    for names, caption in _CLASS_TABLES:
        found = [[_of_class(part, name, class_name) for name in names] for class_name in classes]
        if any(metric is not None for row in found for metric in row):
            blocks.append(_class_table(part, classes, names, found, caption))
    return [*blocks, *_class_figure(part, classes), *_cut_blocks(part)]


def _of_class(part: EvidenceSet, name: str, class_name: str) -> MetricJson | None:
    """The metric of a class; at probability 0.5 where the labels don't exclude each other."""
    plain = part.metric(name, class_name=class_name)
    return plain or part.metric(name, class_name=class_name, point="probability_0.5")


def _class_table(
    part: EvidenceSet,
    classes: Sequence[str],
    names: Sequence[str],
    found: list[list[MetricJson | None]],
    caption: str,
) -> Table:
    kept = [i for i in range(len(names)) if any(row[i] is not None for row in found)]
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (class_name, _class_n(part, class_name), *(_value_over_interval(row[i]) for i in kept))
        for class_name, row in zip(classes, found, strict=True)
    )
    columns = [Column("Class", weight=1.5), Column("Cases", numeric=True, weight=1.0)]
    columns += [Column(measure(names[i]).title, numeric=True, weight=1.2) for i in kept]
    conventions = [metric for row in found for metric in row if metric is not None]
    return Table(tuple(columns), rows, caption, _notes(conventions))


def _cut_blocks(part: EvidenceSet) -> list[Block]:
    cuts = [metric for metric in part.metrics if metric.get("name") == "auc_at_cut"]
    if not cuts:
        return []
    rows = tuple(
        (
            str(m.get("class")),
            metric_cell(m),
            interval_text(m),
            n_text(m, part.cluster),
            method_title(m.get("ci_method"), part.cluster),
        )
        for m in cuts
    )
    columns = (Column("Grades", weight=1.5), *_COLUMNS[1:])
    return [Table(columns, rows, "AUC of “this grade or more” at each cut", _notes(cuts))]


def _class_figure(part: EvidenceSet, classes: Sequence[str]) -> list[Block]:
    rows = [_figure_row(name, part.metric("auc", class_name=name)) for name in classes]
    if all(row.value is None for row in rows):
        return []
    rows.sort(key=lambda row: -2.0 if row.value is None else -row.value)
    macro = _figure_row("All classes (macro)", part.metric("auc_macro"))
    if macro.value is not None:
        rows.append(replace(macro, hollow=True))
    drawing = interval_figure(
        rows, x="AUC of the class against the rest (chance: 0.5)", reference=macro.value,
        reference_name="macro AUC" if macro.value is not None else "",
    )  # fmt: skip
    text = "AUC of each class against the rest with its interval, the best told apart first."
    return [Figure(drawing, text, ". ".join(f"{row.name}: {row.text}" for row in rows))]


def _figure_row(name: str, metric: MetricJson | None) -> Row:
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, "undefined" if metric else "not computed")
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, short_text(metric))


def _class_n(part: EvidenceSet, class_name: str) -> Cell:
    number_of = (part.content.get("n_by_class") or {}).get(class_name)
    share = prevalence_of(part, class_name)
    shown = f"{number_of:,}" if isinstance(number_of, int) else "not recorded"
    return Cell(shown, note="" if share is None else f"prevalence {number(share, percent=True)}")


def _value_over_interval(metric: MetricJson | None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell(
            "undefined" if metric else "not computed", "muted", str((metric or {}).get("reason") or "")
        )
    cell = metric_cell(metric)
    return Cell(cell.text, note=interval_text(metric))
