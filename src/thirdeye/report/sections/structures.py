"""Structures that were marked: how well, structure by structure, drawn, and beside a second observer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Fold, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.distributions import class_distributions
from thirdeye.report.names import measure, method_title, title_in
from thirdeye.report.numbers import (
    MetricJson,
    count,
    full_text,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    value_text,
)
from thirdeye.report.sections.observers import observer_blocks
from thirdeye.report.sections.outlines import outline_blocks
from thirdeye.report.sections.sizes import size_blocks
from thirdeye.report.sets import EvidenceSet, part_anchor

_WORST = 10
_FURTHER = ("iou", "pixel_sensitivity", "pixel_precision", "assd_pooled")


def structures_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """The results of one set of a segmentation; None of another kind of study."""
    cases = part.content.get("cases")
    if not cases or "structure" not in cases[0]:
        return None
    names = list(part.content.get("n_by_class") or {})
    blocks: list[Block] = [
        Paragraph(_answer(part, names), "lead"),
        _table(part, names),
        *_detected(part, names),
        *outline_blocks(evidence, part),
        _spread(cases, names),
        *_pieces(part, names),
        *size_blocks(part, names),
        *observer_blocks(part.content.get("readers") or ()),
        _further(part, names),
        _extremes(part, cases),
    ]
    title = "Structures in the test part" if part.name == "test" else f"Structures in {part.title}"
    return Section(part_anchor("structures", part), title, tuple(blocks))


def _answer(part: EvidenceSet, names: Sequence[str]) -> str:
    overall = part.metric("dice") or part.metric("dice", class_name=names[0] if names else None)
    n = part.content.get("n")
    of = count(n, part.unit) if isinstance(n, int) else f"an unrecorded number of {part.units}"
    return f"Overlap with the reference (Dice) {full_text(overall)}, over {of}."


def _surface(part: EvidenceSet) -> str | None:
    return next((str(m["name"]) for m in part.metrics if str(m.get("name")).startswith("nsd_")), None)


def _table(part: EvidenceSet, names: Sequence[str]) -> Table:
    unit, surface = str(part.content.get("length_unit") or "px"), _surface(part)
    columns = (
        Column("Structure", weight=1.4),
        Column("Cases that show it", numeric=True, weight=0.7),
        Column("Dice", numeric=True),
        Column("Median (quartiles)", numeric=True, weight=1.2),
        Column(measure(surface).title if surface else "Border within tolerance", numeric=True),
        Column(f"HD95 ({unit})", numeric=True),
    )
    shown = ("dice", surface, "hd95_max_of_directed")
    metrics = [part.metric(name, class_name=one) for name in shown if name for one in names]
    rows = tuple(_row(part, name, surface) for name in names)
    return Table(columns, rows, "How well each structure is marked", _notes(part, shown, metrics))


def _row(part: EvidenceSet, name: str, surface: str | None) -> tuple[str | Cell, ...]:
    dice = part.metric("dice", class_name=name)
    found = [dice, part.metric(surface, class_name=name) if surface else None]
    found.append(part.metric("hd95_max_of_directed", class_name=name))
    cells = [_cell(one) for one in found]
    n = part.content.get("n_by_class", {}).get(name)
    return (name, str(n), cells[0], _quartiles(dice), *cells[1:])


def _cell(metric: MetricJson | None) -> Cell:
    """A value over its interval and the cases it is the mean of; a dagger says that it rests on few cases."""
    if metric is None:
        return Cell("not measured", "muted")
    dagger = " †" if has_value(metric) and metric.get("status") in ("unstable", "degenerate") else ""
    said = interval_text(metric) if has_interval(metric) else "no interval"
    n = metric.get("n")
    return Cell(value_text(metric) + dagger, note=f"{said}; n {n:,}" if isinstance(n, int) else said)


def _quartiles(dice: MetricJson | None) -> str:
    details = (dice or {}).get("details") or {}
    values = [details.get(key) for key in ("median", "first_quartile", "third_quartile")]
    if not all(is_number(one) for one in values):
        return "not recorded"
    return f"{number(values[0])} ({number(values[1])} to {number(values[2])})"


def _notes(
    part: EvidenceSet, names: Sequence[str | None], metrics: Sequence[MetricJson | None]
) -> tuple[str, ...]:
    """How each measure was computed, how intervals were made, and what the dagger says."""
    kept = []
    for name in names:
        metric = next((m for m in part.metrics if m.get("name") == name), None)
        if metric and metric.get("convention"):
            kept.append(f"{measure(str(name)).title}: {metric['convention']}.")
    methods = {str(m.get("ci_method")) for m in metrics if m and m.get("ci_method")}
    if methods:
        titles = "; ".join(sorted(method_title(one, part.cluster) for one in methods))
        kept.append(f"95% intervals: {titles}.")
    if any(m and isinstance(m.get("n"), int) for m in metrics):
        kept.append(
            "n: what each figure was counted over. Cases in which nobody marks the structure are left out."
        )
    if any(m and m.get("status") in ("unstable", "degenerate") for m in metrics):
        kept.append("† too few cases, or cases too much alike, for the interval to be trusted.")
    return tuple(kept)


def _detected(part: EvidenceSet, names: Sequence[str]) -> list[Block]:
    """Is it there at all: case by case, where some cases are without the structure."""
    rates = ("case_sensitivity", "case_specificity")
    if not any(part.metric("case_specificity", class_name=name) for name in names):
        return []
    metrics = [part.metric(rate, class_name=name) for rate in rates for name in names]
    columns = (Column("Structure", weight=1.4), *(Column(measure(r).title, numeric=True) for r in rates),
               Column("Cases with it, without it", numeric=True))  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = []
    for name in names:
        pair = [part.metric(rate, class_name=name) for rate in rates]
        with_it, without = (str((one or {}).get("n", 0)) for one in pair)
        rows.append((name, *map(_cell, pair), f"{with_it}, {without}"))
    notes = _notes(part, rates, metrics)
    return [Table(columns, tuple(rows), "Is it there? Case by case", notes)]


def _pieces(part: EvidenceSet, names: Sequence[str]) -> list[Block]:
    """Structures that come in several pieces, as a detection."""
    shown = [name for name in names if part.metric("false_pieces_per_case", class_name=name)]
    if not shown:
        return []
    measures = ("piece_sensitivity", "false_pieces_per_case")
    metrics = [part.metric(one, class_name=name) for one in measures for name in shown]
    columns = (Column("Structure", weight=1.4), Column("Pieces in the reference", numeric=True),
               *(Column(measure(one).title, numeric=True) for one in measures))  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = []
    for name in shown:
        pair = [part.metric(one, class_name=name) for one in measures]
        rows.append((name, str((pair[0] or {}).get("n", 0)), *map(_cell, pair)))
    return [Table(columns, tuple(rows), "Piece by piece", _notes(part, measures, metrics))]


def _spread(cases: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Figure:
    values = [
        [float(c["dice"]) for c in cases if c["structure"] == name and is_number(c["dice"])] for name in names
    ]
    drawing = class_distributions(values, list(names), x="Dice of single cases", shares=False)
    alt = "; ".join(f"{name}: {len(series)} cases" for name, series in zip(names, values, strict=True))
    return Figure(
        drawing,
        "Every case is a tick, the bar holds the middle half, the dot is the median. A structure that was "
        "missed, or marked where it is not, has a Dice of 0.",
        alt,
        title="Case by case",
    )


def _further(part: EvidenceSet, names: Sequence[str]) -> Fold:
    """The other measures of overlap and border."""
    shown = [one for one in _FURTHER if any(part.metric(one, class_name=name) for name in names)]
    metrics = [part.metric(one, class_name=name) for one in shown for name in names]
    unit = str(part.content.get("length_unit") or "px")
    heads = [title_in(one, unit) for one in shown]
    columns = (Column("Structure", weight=1.4), *(Column(head, numeric=True) for head in heads))
    rows: tuple[tuple[str | Cell, ...], ...]
    rows = tuple((n, *(_cell(part.metric(one, class_name=n)) for one in shown)) for n in names)
    table = Table(columns, rows, "Further measures", _notes(part, shown, metrics))
    return Fold(f"Further measures of overlap and border ({len(shown)})", (table,))


def _extremes(part: EvidenceSet, cases: Sequence[Mapping[str, Any]]) -> Fold:
    """The worst cases by name, so that somebody can look at them."""
    known = sorted((c for c in cases if is_number(c["dice"])), key=lambda c: float(c["dice"]))[:_WORST]
    columns = (
        Column("Case", weight=2.0),
        Column("Structure"),
        Column("What happened", weight=1.4),
        Column("Dice", numeric=True, weight=0.6),
        Column("HD95", numeric=True, weight=0.6),
    )
    rows = tuple(
        (
            str(c["case"]),
            str(c["structure"]),
            _happened(c),
            number(c["dice"]),
            _length(c, part),
        )
        for c in known
    )
    note = "Every case with all its measures stands in evaluation.json and predictions.csv."
    return Fold(f"The {len(rows)} worst outlines, by name", (Table(columns, rows, "The worst", (note,)),))


def _length(case: Mapping[str, Any], part: EvidenceSet) -> str:
    """HD95 of a case, with its unit where that is not the set's."""
    own = case.get("unit")
    text = number(case["hd95_max_of_directed"])
    return text if own in (None, part.content.get("length_unit")) else f"{text} {own}"


def _happened(case: Mapping[str, Any]) -> str:
    if not case.get("found"):
        return "missed"
    return "outlined" if case.get("there") else "marked where it is not"
