"""Subgroups and fairness: a verdict, a forest plot and two tables for every attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from thirdeye.report.clean import shorten, typeset
from thirdeye.report.document import Block, Bullets, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.figures.forest import Panel, Point, forest_figure
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import OPERATING_POINTS, measure, operating_point_title
from thirdeye.report.numbers import (
    MetricJson,
    has_interval,
    has_value,
    interval_text,
    number,
)
from thirdeye.report.sections.subgroup_gaps import gap_table
from thirdeye.report.sets import EvidenceSet, level_metric

Json = Mapping[str, Any]
MOST_NAMES = 8
_READING = (
    "Largest gaps: of each measure the group that lies furthest from the others; evaluation.json has all.",
    "Could be seen: the smallest gap that would have been shown with 80% probability, all tests counted.",
    "Predictive values, selection rate and accuracy differ wherever the condition is more common; they are "
    "adjusted as a family of their own and carry no verdict.",
    "O:E: events over the sum of probabilities; below 1 the probabilities are too high.",
)
_TABLE = {
    True: ("auc", "sensitivity", "specificity", "ppv", "npv", "observed_over_expected"),
    False: ("auc_macro", "balanced_accuracy", "accuracy"),
}
_DRAWN = {True: ("auc", "sensitivity", "specificity"), False: ("auc_macro", "balanced_accuracy", "accuracy")}


def subgroup_section(part: EvidenceSet) -> Section | None:
    """Everything measured by group on one part of the data; None where there are no groups."""
    attributes = [one for one in part.content.get("subgroups") or () if one.get("levels")]
    tests = part.content.get("subgroup_tests") or {}
    if not attributes:
        return _none(part, tests) if tests else None
    blocks: list[Block] = [_lead(attributes), Paragraph(_how(part, tests)), Bullets(_READING)]
    for attribute in attributes:
        blocks += _attribute(part, attribute)
    blocks += [*_sites(part), *_left_out(tests)]
    return Section(_anchor(part), _title(part), tuple(blocks))


def shown_gaps(part: EvidenceSet) -> list[str]:
    """The surest gap of every attribute that has one which is shown."""
    found = [one for one in part.content.get("subgroups") or () if one.get("outcome") == "gap_shown"]
    return [_spoken(one.get("headline") or one.get("verdict")) for one in found]


def _spoken(text: Any) -> str:
    """A sentence of the evaluation with operating points called as everywhere in the report."""
    said = typeset(str(text or ""))
    for name in OPERATING_POINTS:
        said = said.replace(f" at {name} ", f" at the {operating_point_title(name).lower()} ")
    return said


def lifted_by_site(part: EvidenceSet) -> list[str]:
    """Verdicts of the columns whose sites lift the pooled AUC."""
    return [str(one["verdict"]) for one in part.content.get("within_site") or () if one.get("lifted")]


def _anchor(part: EvidenceSet) -> str:
    return "subgroups" if part.name == "test" else f"subgroups-{sha256(part.name.encode()).hexdigest()[:8]}"


def _title(part: EvidenceSet) -> str:
    return "Subgroups and fairness" + ("" if part.name == "test" else f", {part.title}")


def _none(part: EvidenceSet, tests: Json) -> Section:
    text = (
        "The data name no sex, age, site or other property by which patients could be told apart, so it is "
        "not known whether the reader serves all of them alike. Add such columns to the table, or join them "
        "with --clinical."
    )
    return Section(_anchor(part), _title(part), (Paragraph(text, "lead"), *_left_out(tests)))


def _lead(attributes: Sequence[Json]) -> Notice | Paragraph:
    shown = [str(one.get("column")) for one in attributes if one.get("outcome") == "gap_shown"]
    if shown:
        return Notice(
            "warning",
            f"A gap between groups is shown: {_names(shown)}",
            "The reader does not serve all groups alike. What it reaches over all cases does not hold for "
            "each of these groups.",
            "Give the figures of each group wherever the figure over all is given, and look for the cause.",
        )
    if all(one.get("outcome") == "not_tested" for one in attributes):
        return Paragraph(
            "Nothing could be tested: the groups are too small. Whether all are served alike is not known.",
            "lead",
        )
    return Paragraph(
        "No gap between groups is shown. That is not the same as there being none: each paragraph says how "
        "large a gap would have had to be to be seen in so many cases.",
        "lead",
    )


def _names(names: Sequence[str]) -> str:
    return ", ".join(shorten(name, 30) for name in names[:MOST_NAMES]) + (
        ", …" if len(names) > MOST_NAMES else ""
    )


def _how(part: EvidenceSet, tests: Json) -> str:
    number_of = int((tests.get("performance") or {}).get("tests") or 0)
    if not number_of:
        return (
            f"Groups of fewer than ten {part.units} stand together as “too few”; hollow dots and daggers "
            "rest on fewer than ten cases of a kind."
        )
    level = number(tests.get("alpha", 0.05), percent=True, digits=0)
    return (
        f"Each group is set against all others in {number_of:,} tests, adjusted together by Holm's method: "
        f"the chance of any false alarm among all of them is at most {level}. Hollow dots and daggers rest "
        "on fewer than ten cases of a kind; such gaps are not tested. Groups of fewer than ten "
        f"{part.units} stand together as “too few”."
    )


def _attribute(part: EvidenceSet, attribute: Json) -> list[Block]:
    levels = list(attribute["levels"])
    blocks: list[Block] = [
        Paragraph(f"By {shorten(str(attribute.get('column')), 50)}", "label"),
        Paragraph(_spoken(attribute["verdict"])),
    ]
    binary = any("events" in level for level in levels)
    point = _point(part, binary)
    figure = _figure(part, attribute, levels, binary, point)
    blocks += [figure] if figure else []
    blocks.append(_level_table(part, attribute, levels, binary, point))
    gaps = gap_table(attribute, point)
    return [*blocks, gaps] if gaps else blocks


def _point(part: EvidenceSet, binary: bool) -> str | None:
    return str(part.points[0].get("name")) if binary and part.points else None


def _figure(
    part: EvidenceSet, attribute: Json, levels: Sequence[Json], binary: bool, point: str | None
) -> Figure | None:
    drawn = [level for level in levels if level.get("is_group") or level.get("n", 0) >= 10]
    panels = []
    for name in _DRAWN[binary]:
        metrics = [level_metric(level, name, point) for level in drawn]
        overall = part.metric(name) or part.metric(name, point=point)
        if any(has_value(metric) for metric in metrics):
            panels.append(Panel(measure(name).title, tuple(map(_dot, metrics)), _number(overall)))
    if not panels:
        return None
    names = [f"{level.get('value')} (n = {level.get('n')})" for level in drawn]
    where = f" at the {operating_point_title(point).lower()}" if point else ""
    text = (
        f"{attribute.get('column')}: each group with its 95% interval{where}; dashed: all cases. "
        "Hollow: fewer than ten cases of a kind."
    )
    alt = "; ".join(
        f"{name}: " + ", ".join(f"{p.title} {_said(p.points[i])}" for p in panels)
        for i, name in enumerate(names)
    )
    return Figure(forest_figure(names, panels), text, alt)


def _said(point: Point) -> str:
    return "undefined" if point.value is None else f"{point.value:.2f}"


def _number(metric: MetricJson | None) -> float | None:
    return float(metric["value"]) if metric is not None and has_value(metric) else None


def _dot(metric: MetricJson | None) -> Point:
    if metric is None or not has_value(metric):
        return Point(None)
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Point(float(metric["value"]), low, high, metric.get("status") != "ok")


def _level_table(
    part: EvidenceSet, attribute: Json, levels: Sequence[Json], binary: bool, point: str | None
) -> Table:
    names = _TABLE[binary]
    columns = [Column("Group", weight=1.6), Column(part.units.capitalize(), numeric=True, weight=0.9)]
    columns += [Column("Prevalence", numeric=True, weight=1.25)] if binary else []
    columns += [Column(_SHORT.get(name, measure(name).title), numeric=True, weight=1.2) for name in names]
    rows: list[tuple[str | Cell, ...]] = []
    for level in levels:
        cells = [_over_interval(level_metric(level, name, point)) for name in names]
        prevalence = [_over_interval(level_metric(level, "prevalence", None))] if binary else []
        value = Cell(
            shorten(str(level.get("value")), 40), note="unstable" if level.get("status") != "ok" else ""
        )
        rows.append((value, _counted(level, part), *prevalence, *cells))
    where = f", at the {operating_point_title(point).lower()}" if point else ""
    return Table(
        tuple(columns), tuple(rows), f"By {attribute.get('column')}{where}", _notes(attribute, levels)
    )


_SHORT = {
    "ppv": "PPV",
    "npv": "NPV",
    "observed_over_expected": "O:E",
    "balanced_accuracy": "Balanced accuracy",
}


def _counted(level: Json, part: EvidenceSet) -> Cell:
    n, patients = level.get("n"), level.get("n_patients")
    note = f"{patients:,} {part.cluster}s" if isinstance(patients, int) and patients != n else ""
    return Cell(f"{n:,}" if isinstance(n, int) else "", note=note)


def _over_interval(metric: MetricJson | None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell("undefined" if metric else "not computed", "muted")
    return Cell(
        metric_cell(metric).text, note=interval_text(metric) if has_interval(metric) else "no interval"
    )


def _notes(attribute: Json, levels: Sequence[Json]) -> tuple[str, ...]:
    notes = []
    cuts = attribute.get("cut_points") or []
    if cuts:
        notes.append(f"Cut at {', '.join(f'{cut:g}' for cut in cuts)}.")
    merged = attribute.get("merged") or {}
    if merged:
        shown = ", ".join(f"{shorten(str(name), 24)} ({n})" for name, n in list(merged.items())[:MOST_NAMES])
        more = int(attribute.get("n_merged") or 0) - min(len(merged), MOST_NAMES)
        notes.append(f"Too few: {shown}" + (f" and {more} more." if more > 0 else "."))
    small = [f"{level.get('value')}: {level['reason']}" for level in levels if level.get("reason")]
    if small:
        notes.append("† " + "; ".join(small) + ".")
    return tuple(notes)


def _sites(part: EvidenceSet) -> list[Block]:
    found = part.content.get("within_site") or ()
    if not found:
        return []
    return [
        Paragraph("Within sites", "label"),
        Bullets(tuple(str(one["verdict"]) for one in found)),
    ]


def _left_out(tests: Json) -> list[Block]:
    left = tests.get("left_out") or ()
    if not left:
        return []
    said = "; ".join(f"{shorten(str(one['column']), 30)} ({one['reason']})" for one in left[:MOST_NAMES])
    more = f"; and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
    return [Paragraph(f"Columns that were not used: {said}{more}.", "small")]
