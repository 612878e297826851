"""What the studies report, and the intervals that were not given."""

from __future__ import annotations

from thirdeye.report.document import Block, Cell, Column, Figure, Paragraph, Section, Table
from thirdeye.report.literature.lines import Literature, Recomputed
from thirdeye.report.literature.scatter import plane_figure, size_figure
from thirdeye.report.literature.words import MEASURES, number_text
from thirdeye.report.numbers import number

_METHODS = {"wilson": "Wilson", "hanley_mcneil": "Hanley and McNeil"}


def numbers_section(found: Literature) -> Section:
    """Size against AUC, operating points, networks beside doctors.

    With a study of one's own the figures stand in its section, and are not repeated here.
    """
    if found.own is not None:
        return Section("numbers", "What they report", (_duels(found),))
    blocks: list[Block] = []
    if found.dots:
        blocks.append(size_block(found))
    if found.pairs:
        blocks.append(plane_block(found))
    if found.duels:
        blocks.append(_duels(found))
    return Section(
        "numbers", "What they report", tuple(blocks) or (Paragraph("No AUC and no operating point."),)
    )


def size_block(found: Literature) -> Figure:
    """AUC over the size of the test."""
    alt = "; ".join(f"{dot.name} {dot.auc:.3f} on {dot.cases:,}" for dot in found.dots)
    return Figure(
        size_figure(found.dots),
        "The AUC that the review quotes (the lowest, where it quotes several) over the cases behind it: the "
        "test set, or all cases under cross-validation. Lines are 95% intervals, published or computed here. "
        "A triangle is a lower bound.",
        alt,
        "AUC and size of the test",
    )


def plane_block(found: Literature) -> Figure:
    """Operating points in ROC space."""
    alt = "; ".join(f"{p.name}: {p.sensitivity:.0%} and {p.specificity:.0%}" for p in found.pairs)
    return Figure(
        plane_figure(found.pairs),
        "Every operating point with a published sensitivity and specificity; the corner of the ROC square "
        "that they share. Hollow: from memory. Sensitivities and specificities of other doctors are not "
        "known here as numbers.",
        alt,
        "Operating points",
    )


def _duels(found: Literature) -> Table:
    rows = []
    for duel in found.duels:
        best = max(duel.doctors)
        for name, value in duel.networks:
            tone = Cell(number(value, percent=True), "good" if value > best else "warning")
            doctors = " and ".join(number(one, percent=True) for one in duel.doctors)
            rows.append((Cell(duel.name, note=name), tone, doctors))
    columns = (Column("Question", weight=2), Column("Network", numeric=True), Column("Doctors", numeric=True))
    note = "Accuracy on the same cases, as the lecture prints it; without intervals, so a lead may be chance."
    return Table(
        columns, tuple(rows), "Networks beside doctors, where both are published as numbers.", (note,)
    )


def recomputed_section(found: Literature) -> Section:
    """The intervals that were computed here."""
    if not found.recomputed:
        none = Paragraph("No number of these studies comes with the counts that an interval needs.")
        return Section("intervals", "Intervals, recomputed here", (none,))
    lead = Paragraph(
        "Recomputed here from published counts: Wilson's interval for proportions, Hanley and McNeil's for "
        "AUCs (1982, from the AUC and the numbers with and without the disease).",
        "lead",
    )
    columns = (
        Column("Study", weight=2.4),
        Column("Measure", weight=1.1),
        Column("Value", numeric=True, weight=0.8),
        Column("95% interval, recomputed here", numeric=True, weight=1.4),
        Column("Cases", numeric=True, weight=0.9),
        Column("Remark", weight=1.6),
    )
    notes = (
        "Each image counts as independent; several images of a patient make the true interval wider.",
        "Where the value or its counts are from memory, so is the interval.",
    )
    table = Table(columns, tuple(_row(one) for one in found.recomputed), "Every number with counts.", notes)
    return Section("intervals", "Intervals, recomputed here", (lead, table))


def _row(one: Recomputed) -> tuple[str | Cell, ...]:
    percent = one.measure != "auc"
    interval = f"{number(one.low, percent=percent)} to {number(one.high, percent=percent)}"
    remark = "; ".join(
        part for part in (one.remark, "the paper gives its own" if one.published else "") if part
    )
    return (Cell(one.study, note=one.what), MEASURES[one.measure], number_text(one.measure, one.value),
            Cell(interval, note=_METHODS[one.method]), one.n, remark)  # fmt: skip
