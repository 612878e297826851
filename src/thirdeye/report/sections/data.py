"""The data: what was understood, how many of what, what the checks found, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from thirdeye.report.cases import class_count, part_count, rows_of, splits_present
from thirdeye.report.clean import typeset
from thirdeye.report.document import Block, Bullets, Cell, Column, Fold, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import SPLITS
from thirdeye.report.publication.characteristics import characteristics_table
from thirdeye.report.sections.flow import case_flow

if TYPE_CHECKING:
    import pandas as pd

_SEVERITY = {
    "error": ("Error", "bad"),
    "warning": ("Warning", "warning"),
    "info": ("Note", "muted"),
}


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
        blocks += [case_flow(evidence, evidence.dataset), counts_table(evidence, evidence.dataset)]
        blocks += characteristics_blocks(evidence)
    blocks += [*names_blocks(evidence), *findings_blocks(evidence)]
    return Section("data", "The data", tuple(blocks))


def names_blocks(evidence: Evidence) -> list[Block]:
    """What the classes are called here and in the data, where the two differ."""
    if not evidence.called:
        return []
    rows = tuple((name, code) for code, name in evidence.called.items())
    note = f"Names: {evidence.names_from}. Sentences of the checks and files of the study keep the classes."
    return [Table((Column("Name"), Column("In the data")), rows, "Names of the classes", (note,))]


def counts_table(evidence: Evidence, table: pd.DataFrame) -> Table:
    """Images by class and part, patients below."""
    splits = splits_present(table)
    multilabel, located = evidence.several_labels, located_words(evidence.task)
    kind, kinds = (located.noun, located.nouns) if located else ("class", "labels")
    rows: list[tuple[str | Cell, ...]] = []
    points = (
        evidence.task == "landmarks"
    )  # every image has nearly all of them; each is counted with its results
    for name in () if points else evidence.classes:
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
    columns = (
        Column("" if points else kind.capitalize(), weight=2.2),
        *(Column(SPLITS[split], numeric=True) for split in splits),
    )
    notes = (
        (f"An image may carry several {kinds}, so they add up to more than the images.",)
        if multilabel and not points
        else ()
    )
    caption = "Images by part" if points else f"Images by {kind} and part"
    return Table((*columns, Column("All", numeric=True)), tuple(rows), caption, notes)


def characteristics_blocks(evidence: Evidence) -> list[Block]:
    """Who is in each part, where the data name more than the class."""
    found = characteristics_table(evidence)
    # Sizes and classes stand in the table above.
    start = next((i for i, one in enumerate(found.rows) if _describes(one.cells[0])), None) if found else None
    if found is None or start is None:
        return []
    columns = [Column(c.title, numeric=c.align == "right", weight=1.0) for c in found.columns]
    columns[0] = Column("Who is in each part", weight=2.2)
    rows: list[tuple[str | Cell, ...]] = [
        (Cell(one.cells[0], "plain" if one.indent else "strong"), *one.cells[1:])
        for one in found.rows[start:]
    ]
    return [Table(tuple(columns), tuple(rows), "Characteristics by part", found.notes)]


def _describes(first: str) -> bool:
    return first.endswith(("mean (SD)", "n (%)"))


def _patients(number_of: int | None) -> str | Cell:
    return Cell("not named", "muted") if number_of is None else f"{number_of:,}"


def findings_blocks(evidence: Evidence) -> list[Block]:
    """What the checks found, the gravest first."""
    if not evidence.findings:
        return [
            Notice("warning", "The data were not put on trial", "findings.json is not in the study folder.")
        ]
    findings = evidence.findings.get("findings") or ()
    if not findings and evidence.model.get("system"):
        return [Paragraph("The system opens its data in its own way; no further checks were made.")]
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
    grave = [finding for finding in ranked if finding.get("severity") in ("error", "warning")]
    notes = [finding for finding in ranked if finding not in grave]
    blocks: list[Block] = []
    if grave:
        blocks.append(Table(columns, tuple(map(_finding_row, grave)), "What the checks of the data found"))
    if notes:
        table = Table(columns, tuple(map(_finding_row, notes)), "Notes of the checks")
        blocks.append(Fold(f"Notes of the checks ({len(notes)})", (table,)))
    return blocks


def _finding_row(finding: Mapping[str, Any]) -> tuple[str | Cell, ...]:
    severity = str(finding.get("severity"))
    word, tone = _SEVERITY.get(severity, (severity, "plain"))
    cases = len(finding.get("cases") or ())
    return (
        Cell(word, tone),  # type: ignore[arg-type]
        Cell(typeset(str(finding.get("message", ""))), note=str(finding.get("check", ""))),
        f"{cases:,}" if cases else "",
        str(finding.get("remedy") or ""),
    )
