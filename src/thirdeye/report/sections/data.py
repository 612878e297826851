"""The data: what was understood, how many of what, what the checks found, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thirdeye.report.cases import (
    class_count,
    cross_fitted_folds,
    excluded_reasons,
    part_count,
    patients_on_two_sides,
    rows_of,
    splits_present,
)
from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Bullets, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.flow import Station, flow_figure
from thirdeye.report.names import SPLITS
from thirdeye.report.numbers import count

if TYPE_CHECKING:
    import pandas as pd

_SEVERITY = {
    "error": ("Error", "bad"),
    "warning": ("Warning", "warning"),
    "info": ("Note", "muted"),
}
_MOST_CLASSES_IN_FLOW = 8


def data_section(evidence: Evidence) -> Section:
    """Everything that a reader must know of the data before believing a number."""
    blocks: list[Block] = []
    understood = evidence.findings.get("understood") or ()
    if understood:
        blocks += [Paragraph("What was understood", "label"), Bullets(tuple(map(str, understood)))]
    if evidence.dataset is None:
        blocks.append(
            Notice("warning", "The table of cases is missing", "dataset.csv is not in the study folder.")
        )
    else:
        blocks += [flow(evidence, evidence.dataset), counts_table(evidence, evidence.dataset)]
    blocks += findings_blocks(evidence)
    return Section("data", "The data", tuple(blocks))


def flow(evidence: Evidence, table: pd.DataFrame) -> Figure:
    """The case flow diagram."""
    reasons = excluded_reasons(table)
    left_out = rows_of(table, "excluded") if reasons else None
    found = Station("Found", (part_count(table, "all", evidence.cluster).text,))
    excluded = None
    if left_out is not None:
        lines = [f"{number_of:,}: {shorten(reason, 38)}" for reason, number_of in list(reasons.items())[:4]]
        if len(reasons) > 4:
            lines.append(f"{sum(list(reasons.values())[4:]):,}: other reasons")
        excluded = Station(f"Excluded: {count(len(left_out), 'image')}", tuple(lines))
    parts = [_station(evidence, table, split) for split in splits_present(table) if split != "excluded"]
    sentence = " ".join(f"{part.title}: {part.lines[0]}." for part in parts)
    return Figure(
        flow_figure(found, excluded, parts),
        "Case flow: how many images were found, left out, and given to each part. "
        + _sides(table, evidence.cluster),
        f"Found {found.lines[0]}. {sentence}",
    )


def _sides(table: pd.DataFrame, noun: str) -> str:
    crossing = patients_on_two_sides(table)
    if crossing is None:
        return "No patient is named, so whether one lies on two sides cannot be told."
    if crossing:
        return f"Beware: {count(crossing, noun)} with images in more than one part."
    return f"No {noun} lies on two sides."


def _station(evidence: Evidence, table: pd.DataFrame, split: str) -> Station:
    rows = rows_of(table, split)
    folds = cross_fitted_folds(table)
    title = SPLITS[split]
    if split == "train" and folds > 1 and "validation" not in splits_present(table):
        title = f"Development, {folds} folds"
    lines = [part_count(rows, split, evidence.cluster).text]
    shown = evidence.classes[:_MOST_CLASSES_IN_FLOW]
    multilabel = evidence.task == "multilabel"
    lines += [f"{class_count(rows, name, multilabel=multilabel):,} {shorten(name, 24)}" for name in shown]
    if len(evidence.classes) > len(shown):
        lines.append(f"and {len(evidence.classes) - len(shown)} more classes")
    return Station(title, tuple(lines))


def counts_table(evidence: Evidence, table: pd.DataFrame) -> Table:
    """Images by class and part, patients below."""
    splits = splits_present(table)
    multilabel = evidence.task == "multilabel"
    rows: list[tuple[str | Cell, ...]] = []
    for name in evidence.classes:
        numbers = [class_count(rows_of(table, split), name, multilabel=multilabel) for split in splits]
        shown = Cell(name, "strong", "counts as positive") if name == evidence.positive else name
        rows.append((shown, *(f"{value:,}" for value in numbers), f"{sum(numbers):,}"))
    totals = [part_count(rows_of(table, split), split) for split in splits]
    whole = part_count(table, "all")
    rows.append((Cell("All images", "strong"), *(f"{part.images:,}" for part in totals), f"{whole.images:,}"))
    rows.append(
        (
            Cell(f"{evidence.cluster.capitalize()}s", "strong"),
            *(_patients(part.patients) for part in totals),
            _patients(whole.patients),
        )
    )
    columns = (Column("Class", weight=2.2), *(Column(SPLITS[split], numeric=True) for split in splits))
    notes = (
        ("An image may carry several labels, so the classes add up to more than the images.",)
        if multilabel
        else ()
    )
    return Table((*columns, Column("All", numeric=True)), tuple(rows), "Images by class and part", notes)


def _patients(number_of: int | None) -> str | Cell:
    return Cell("not named", "muted") if number_of is None else f"{number_of:,}"


def findings_blocks(evidence: Evidence) -> list[Block]:
    """What the checks found, the gravest first."""
    if not evidence.findings:
        return [
            Notice("warning", "The data were not put on trial", "findings.json is not in the study folder.")
        ]
    findings = evidence.findings.get("findings") or ()
    if not findings:
        return [Paragraph("Every check passed: none found anything to report.")]
    order = {"error": 0, "warning": 1, "info": 2}
    ranked = sorted(findings, key=lambda finding: order.get(str(finding.get("severity")), 3))
    columns = (
        Column("Severity", weight=0.8),
        Column("What was found", weight=3.2),
        Column("Cases", numeric=True, weight=0.6),
        Column("What to do", weight=2.4),
    )
    return [Table(columns, tuple(map(_finding_row, ranked)), "Findings of the checks")]


def _finding_row(finding: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    severity = str(finding.get("severity"))
    word, tone = _SEVERITY.get(severity, (severity, "plain"))
    cases = len(finding.get("cases") or ())
    return (
        Cell(word, tone),  # type: ignore[arg-type]
        Cell(str(finding.get("message", "")), note=str(finding.get("check", ""))),
        f"{cases:,}" if cases else "",
        str(finding.get("remedy") or ""),
    )
