"""What the review says beside what its tables give, and every contradiction."""

from __future__ import annotations

from thirdeye.report.document import Block, Cell, Column, Paragraph, Section, Table, Tone
from thirdeye.report.literature.lines import Count, Literature

_TONES: dict[str, Tone] = {"agrees": "good", "differs": "bad", "recounted": "muted"}
TOPICS = {
    "sizes": "Sizes",
    "comparison": "Comparisons",
    "training": "Training",
    "labels": "Labels",
    "measures": "Names of measures",
    "headlines": "Headline figures",
    "networks": "Names of networks",
    "references": "Journals, years, captions",
    "data": "Data",
    "history": "History",
}


def checked_section(found: Literature) -> Section:
    """The counts of the results section, counted again."""
    lead = Paragraph("The counts of the review's results section, counted again from its own tables.", "lead")
    columns = (
        Column("What is counted", weight=1.3),
        Column("The review says", weight=1.2),
        Column("The data give", weight=1.8),
        Column("Why they differ", weight=2.2),
    )
    note = "“–”: the review's sentence is not known here. All 25 studies, whatever was chosen above."
    table = Table(columns, tuple(_row(one) for one in found.counts), "Counted again.", (note,))
    return Section("counts", "The review, counted again", (lead, table))


def _row(count: Count) -> tuple[str | Cell, ...]:
    verdict = Cell(count.title, _TONES[count.verdict], note=count.verdict)
    return verdict, count.says or "–", count.found, count.why or "–"


def clashes_section(found: Literature) -> Section:
    """Every contradiction, by topic."""
    blocks: list[Block] = [
        Paragraph(f"{len(found.clashes)} places where the review contradicts itself or a paper.", "lead")
    ]
    columns = (
        Column("Study", weight=1.2),
        Column("The review says", weight=1.5),
        Column("Elsewhere", weight=1.8),
        Column("What it means", weight=1.8),
        Column("How known", weight=1.3),
    )
    for topic, title in TOPICS.items():
        chosen = [one for one in found.clashes if one.topic == topic]
        rows = tuple((one.studies, one.says, one.found, one.meaning, one.source) for one in chosen)
        if rows:
            blocks.append(Table(columns, rows, title + "."))
    return Section("contradictions", "Contradictions, named", tuple(blocks))
