"""The network against the traditional technique and other readers, in a paired test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.comparison import comparison_notice, is_supplementary, is_traditional, main_comparisons
from thirdeye.report.document import Block, Cell, Column, Figure, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.names import measure, method_title, operating_point_title
from thirdeye.report.numbers import (
    count,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    p_text,
    short_text,
    value_text,
)
from thirdeye.report.sections.point_readers import point_rivals_section
from thirdeye.report.sections.rivals import combined_notice, importance_blocks, technique_blocks
from thirdeye.report.sets import evidence_sets

_MOST_ROWS_DRAWN = 12
_AT_POINTS = ("sensitivity", "specificity")
_WHAT = (
    "Hand-crafted features and classical learners were trained on the same cases and measured on the same "
    "test part. Both read the same cases, so the difference is tested case by case (paired)."
)


def versus_section(evidence: Evidence) -> Section:
    """The verdict, then the figures, then every technique and what the traditional one leans on."""
    if evidence.task == "landmarks":
        return point_rivals_section(evidence)
    title = "Against the traditional technique"
    parts = {part.name: part for part in evidence_sets(evidence)}
    part = parts.get("test")
    if part is None or not part.comparisons:
        missing = Notice(
            "warning",
            "No comparison was made",
            "A network that was never compared with a simpler technique may owe nothing to deep learning.",
            "Run the evaluation stage again.",
        )
        return Section("versus", title, (missing,))
    told = evidence.evaluation.get("traditional") or {}
    further = [comparison for comparison in part.comparisons if is_supplementary(comparison)]
    blocks: list[Block] = []
    for comparison in main_comparisons(part):
        blocks.append(comparison_notice(comparison))
        if is_traditional(comparison):
            blocks += combined_notice(next((one for one in further if one.get("kind") == "combined"), None))
            blocks.append(Paragraph(str(comparison.get("description") or _WHAT)))
        measures = comparison.get("measures") or []
        if measures:
            blocks += [_figure(comparison, measures), *_tables(comparison, measures, part.cluster)]
        if is_traditional(comparison):
            blocks += technique_blocks(comparison, further, parts.get("validation"), told)
            blocks += importance_blocks(told)
    return Section("versus", title, tuple(blocks))


def _name(one: Mapping[str, Any]) -> str:
    point, class_name = one.get("operating_point"), one.get("class")
    where = f", {operating_point_title(str(point)).lower()}" if point else ""
    return measure(str(one.get("name"))).title + where + (f", {class_name}" if class_name else "")


def _figure(comparison: Mapping[str, Any], measures: list[Mapping[str, Any]]) -> Figure:
    drawn = [one for one in measures if one.get("name") != "brier"]
    if len(drawn) > _MOST_ROWS_DRAWN:
        drawn = [one for one in drawn if _leads(one)] or drawn
    rows = [_row(one) for one in drawn[:_MOST_ROWS_DRAWN]]
    first, second = comparison.get("first", "first"), comparison.get("second", "second")
    drawing = interval_figure(
        rows, x=f"{first} minus {second}: right of the dashed line the {first} is better", reference=0.0
    )
    text = (
        f"Paired differences, {first} minus {second}. An interval that crosses the dashed line "
        "leaves it open."
    )
    return Figure(drawing, text, ". ".join(f"{row.name}: {row.text}" for row in rows), name="differences")


def _row(one: Mapping[str, Any]) -> Row:
    difference = one.get("difference")
    if difference is None or not has_value(difference):
        return Row(_name(one), None, None, None, "undefined")
    low, high = (difference["ci_low"], difference["ci_high"]) if has_interval(difference) else (None, None)
    return Row(_name(one), float(difference["value"]), low, high, short_text(difference))


def _leads(one: Mapping[str, Any]) -> bool:
    """Measures without a threshold, and the two rates that a clinician asks for."""
    return not one.get("operating_point") or one.get("name") in _AT_POINTS


def _tables(comparison: Mapping[str, Any], measures: list[Mapping[str, Any]], cluster: str) -> list[Block]:
    first = [one for one in measures if _leads(one)]
    rest = [one for one in measures if not _leads(one)]
    if not first or not rest:
        return [_table(comparison, measures, cluster)]
    folded = Fold(f"Accuracies compared ({len(rest)})", (_table(comparison, rest, cluster),))
    return [_table(comparison, first, cluster), folded]


def _table(comparison: Mapping[str, Any], measures: list[Mapping[str, Any]], cluster: str) -> Table:
    columns = (
        Column("Measure", weight=1.8),
        Column(_capital(comparison.get("first", "first")), numeric=True, weight=1.35),
        Column(_capital(comparison.get("second", "second")), numeric=True, weight=1.35),
        Column("Difference", numeric=True, weight=0.9),
        Column("Interval", numeric=True, weight=1.5),
        Column("Paired test", weight=1.6),
    )
    rows = tuple(_cells(one, cluster) for one in measures)
    n, clusters = comparison.get("n"), comparison.get("n_clusters")
    counted = f"{n:,} cases" if is_number(n) else "an unrecorded number of cases"
    counted += f" of {count(clusters, cluster)}" if isinstance(clusters, int) and clusters != n else ""
    primary = measure(str(comparison.get("primary", ""))).title
    notes = (
        f"The verdict rests on one measure, {primary}; the others are not corrected for multiple testing.",
        "A difference of two percentages is in percentage points.",
        "For the Brier score and the mean grade error, less is better: a negative difference is in "
        "favour of the first.",
    )[: None if any(one.get("name") == "brier" for one in measures) else 2]
    caption = f"{comparison.get('name', 'Comparison')}: the same {counted}"
    return Table(columns, rows, caption[:1].upper() + caption[1:], notes)


def _capital(name: object) -> str:
    """With a capital letter, the others as they are ("RBF")."""
    text = str(name)
    return text[:1].upper() + text[1:]


def _cells(one: Mapping[str, Any], cluster: str) -> tuple[str | Cell, ...]:
    sides = [_side(one, side) for side in ("first", "second")]
    difference = one.get("difference") or None
    test = Cell(p_text(one.get("p_value")) or "no p value", note=method_title(one.get("test"), cluster))
    shown = Cell(value_text(difference), "strong" if has_value(difference) else "muted")
    return (_name(one), *sides, shown, interval_text(difference), test)


def _side(one: Mapping[str, Any], side: str) -> str | Cell:
    found = one.get(side)
    if isinstance(found, Mapping):
        return Cell(value_text(found), "plain" if has_value(found) else "muted", interval_text(found))
    percent = measure(str(one.get("name"))).percent
    return number(found, percent=percent) if is_number(found) else Cell("undefined", "muted")
