"""Several images a case and clinical variables: what each adds, on the same cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import typeset
from thirdeye.report.comparison import told
from thirdeye.report.document import Block, Bullets, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import HEAD, MUTED, NETWORK, RIGHT
from thirdeye.report.names import operating_point_title
from thirdeye.report.numbers import (
    MetricJson,
    count,
    has_interval,
    has_value,
    interval_text,
    p_text,
    short_text,
    value_text,
)
from thirdeye.report.sections.certainty import uncertainty_blocks
from thirdeye.report.sections.prediction_sets import range_cell
from thirdeye.report.sets import UNITS, EvidenceSet, test_set

_RATES = ("sensitivity", "specificity")
_BY_IMAGES = "When the reader is not sure of a {unit} by its images"
_TOGETHER = "When the reader is not sure of a {unit} by images and clinical variables"
_CAREFUL = (
    "The ways were compared on held-out cases of the development part, which chose among them; the test part "
    "measured the one that was kept."
)


def fusion_section(evidence: Evidence) -> Section | None:
    """None where every case is one image and no clinical variable took part."""
    part = test_set(evidence)
    by_case = None if part is None else part.content.get("by_case")
    clinical = None if part is None else part.content.get("clinical")
    if part is None or not (by_case or clinical):
        return None
    blocks = case_blocks(part)
    title = " and ".join(
        name
        for name, there in (("Several images of a case", by_case), ("clinical variables", clinical))
        if there
    )
    return Section("together", title[:1].upper() + title[1:], tuple(blocks))


def case_blocks(part: EvidenceSet) -> list[Block]:
    """What several images and clinical variables are worth on one part; nothing where no case is decided so.

    Args:
        part: the test part or an external set. How the way was chosen is told with the test part alone.
    """
    by_case, clinical = part.content.get("by_case"), part.content.get("clinical")
    own = part.name == "test"
    blocks: list[Block] = []
    if by_case:
        blocks += _by_case(by_case, part.title)
        blocks += _candidates(by_case["fusion"], str(by_case["unit"])) if own else _elsewhere(by_case)
    if clinical:
        blocks += _clinical(clinical, part.title)
        blocks += _refused(clinical["refused"]) if own else []
    for words, entry in ((_BY_IMAGES, by_case), (_TOGETHER, clinical)):
        told = uncertainty_blocks((entry or {}).get("uncertainty"), part)
        if entry and told:
            blocks += [Paragraph(words.format(unit=entry["unit"]), "label"), *told]
    return blocks


def _elsewhere(entry: Mapping[str, Any]) -> list[Block]:
    """Of an external set: how it ranks beside the test part, and what is measured at each point."""
    said = [str((entry.get("discrimination") or {}).get("sentence") or "")]
    said.append(str((entry.get("within_envelope") or {}).get("note") or ""))
    said += [
        f"{count(int(n), str(entry['unit']))} left out: {why}." for why, n in entry["n_excluded"].items()
    ]
    columns = (
        Column("Operating point", weight=1.6), Column("Sensitivity", numeric=True, weight=1.4),
        Column("Specificity", numeric=True, weight=1.4),
    )  # fmt: skip
    rows: tuple[tuple[str | Cell, ...], ...] = tuple(
        (operating_point_title(str(point["name"])), *(_at(entry, point, name) for name in _RATES))
        for point in entry["operating_points"]
        if not point.get("class")
    )
    caption = f"Decided per {entry['unit']}, at thresholds that were fixed before"
    table: list[Block] = [Table(columns, rows, caption)] if rows else []
    return [Bullets(tuple(typeset(one) for one in said if one)), *table]


def _at(entry: Mapping[str, Any], point: Mapping[str, Any], name: str) -> Cell:
    metrics = (m for m in entry["metrics"] if m.get("operating_point") == point["name"] and m["name"] == name)
    return range_cell(next(metrics, None))


def _by_case(entry: Mapping[str, Any], title: str) -> list[Block]:
    fusion, unit = entry["fusion"], str(entry["unit"])
    (comparison,) = entry["comparisons"][:1]
    measured = comparison["measures"][0]
    said = (
        f"{fusion['n_images']:,} images are of {entry['n']:,} {UNITS.get(unit, unit + 's')}; each is decided "
        f"once, from all its images ({fusion['title']})."
    )
    rows = [
        _row(f"All images of a {unit}", measured["first"], NETWORK),
        _row("Its first image alone", measured["second"], MUTED),
    ]
    alt = ". ".join(f"{row.name}: {row.text}" for row in rows)
    figure = Figure(
        interval_figure(rows, x="AUC: 0.5 is chance, 1 is perfect"),
        f"What the further images of a {unit} add, on {title}.", alt, name="several-images",
    )  # fmt: skip
    return [Paragraph(said, "lead"), _notice(comparison), figure]


def _candidates(fusion: Mapping[str, Any], unit: str) -> list[Block]:
    columns = (
        Column("Way to decide", weight=2.4), Column("Held-out cases", numeric=True, weight=1.4),
        Column("Kept", weight=0.6),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(str(one["title"]).capitalize(), "strong" if one["kept"] else "plain"),
            Cell(value_text(one["figure"]), note=interval_text(one["figure"])),
            "yes" if one["kept"] else "",
        )
        for one in fusion["candidates"]
    )
    weights = ", ".join(f"{name} {value:.2f}" for name, value in fusion["weights"].items())
    notes = (_CAREFUL, *((f"Weights of the views: {weights}.",) if weights else ()))
    return [Table(columns, rows, f"Ways to decide a {unit} by its images, AUC with 95% intervals", notes)]


def _clinical(entry: Mapping[str, Any], title: str) -> list[Block]:
    names = ", ".join(map(str, entry["variables"]))
    kept = (
        "On held-out cases both together were clearly better than the images alone, so they are used where "
        "they are given."
        if entry["kept"]
        else "On held-out cases both together were not clearly better than the images alone, so opinions are "
        "by the images alone."
    )
    adds, by_images, _ = entry["comparisons"]
    rows = [
        _row("Images and variables", adds["measures"][0]["first"], RIGHT),
        _row("Images alone", adds["measures"][0]["second"], NETWORK),
        _row("Clinical variables alone", by_images["measures"][0]["second"], HEAD),
    ]
    figure = Figure(
        interval_figure(rows, x="AUC: 0.5 is chance, 1 is perfect", reference=0.5),
        f"Images, clinical variables, and both together, on the same cases of {title}.",
        ". ".join(f"{row.name}: {row.text}" for row in rows), name="clinical-variables",
    )  # fmt: skip
    return [
        Paragraph(f"Clinical variables: {names}. {kept}"), _notice(adds), figure,
        _comparisons([*entry["comparisons"], *entry.get("levels", ())]),
    ]  # fmt: skip


def _comparisons(found: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Question", weight=2.4), Column("Difference of AUC", numeric=True, weight=1.5),
        Column("p (paired)", numeric=True, weight=1.0),
    )  # fmt: skip
    rows = []
    for one in found:
        measured = one["measures"][0]
        level = one.get("level_name")
        asked = str(one.get("asks") or f"what the clinical variables add, level “{level}”")
        p = one.get("p_adjusted", measured["p_value"])
        rows.append((
            Cell(asked[:1].upper() + asked[1:], note=f"{one['first']}, less {one['second']}"),
            Cell(value_text(measured["difference"]), note=interval_text(measured["difference"])),
            Cell(p_text(p) or "no p value"),
        ))  # fmt: skip
    return Table(
        columns, tuple(rows), "What images and clinical variables add, with 95% intervals",
        ("Paired tests on the same cases, patients as units; p values of the first three adjusted (Holm).",),
    )  # fmt: skip


def _refused(refused: Mapping[str, str]) -> list[Block]:
    if not refused:
        return []
    columns = (Column("Column of the table", weight=1.0), Column("Why it is not used", weight=3.0))
    rows = tuple((name, why[:1].upper() + why[1:]) for name, why in refused.items())
    notes = (
        "Name columns with --variables to use them; one that is the label in other words stays refused.",
    )
    return [Table(columns, rows, "Columns that are not used as clinical variables", notes)]


def _notice(comparison: Mapping[str, Any]) -> Notice:
    return Notice("note", *told(comparison))


def _row(name: str, metric: MetricJson | None, colour: str) -> Row:
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, "undefined", colour)
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, short_text(metric), colour)
