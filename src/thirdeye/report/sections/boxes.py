"""Boxes that were found: how many lesions at how many false alarms, class by class and size by size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Fold,
    Gallery,
    Paragraph,
    Picture,
    Section,
    Table,
)
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.band import Band
from thirdeye.report.figures.froc import FrocLine, FrocPoint, froc_figure
from thirdeye.report.figures.markers import Ranged
from thirdeye.report.located.box_words import (
    cases_sentence,
    false_sentence,
    found_sentence,
    main_point,
    mistakes_sentence,
    size_text,
)
from thirdeye.report.names import operating_point_title as point_title
from thirdeye.report.numbers import (
    MetricJson,
    has_value,
    interval_text,
    is_number,
    number,
    short_text,
    value_text,
)
from thirdeye.report.sets import EvidenceSet, part_anchor

Row = tuple[str | Cell, ...]
_ALL = "All together"
_MOST_CASES = 10
_RATES = ("sensitivity", "specificity", "ppv", "npv")
_KINDS = {
    "background": "nothing was drawn there",
    "wrong place": "on a lesion, but not well enough placed",
    "other class": "a lesion of another kind",
}


def boxes_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """The results of one set of a detection; None of another kind of study."""
    if evidence.task != "detection":
        return None
    names = list(part.content.get("n_by_class") or {})
    point = main_point(part)
    mistakes = next(
        (m for m in part.content.get("mistakes") or () if m.get("operating_point") == point), None
    )
    sentences = (false_sentence(part), mistakes_sentence(mistakes), cases_sentence(part))
    blocks: list[Block] = [
        Paragraph(found_sentence(part), "lead"),
        Paragraph(" ".join(filter(None, sentences))),
        *_curve(part),
        _classes(part, names, point),
    ]
    blocks += [*_points(part), *_sizes(part, point), *_readers(part)]
    blocks += _galleries(evidence, part)
    blocks += _cases(part)
    title = "Lesions in the test part" if part.name == "test" else f"Lesions in {part.title}"
    return Section(part_anchor("boxes", part), title, tuple(blocks))


def _curve(part: EvidenceSet) -> list[Block]:
    curves = [one for one in part.content.get("froc") or () if one.get("sensitivity")]
    if not curves:
        return []
    curves.sort(key=lambda one: one.get("class") is not None)
    lines = [
        FrocLine(
            one.get("class") or _ALL, one["false_per_image"], one["sensitivity"], one["last_false_per_image"]
        )
        for one in curves
    ]
    band = curves[0].get("band") or {}
    drawing = froc_figure(
        lines,
        _marked(part),
        Band(band.get("false_per_image") or (), band.get("low") or (), band.get("high") or ()),
    )
    score = part.metric("froc_score")
    alt = "; ".join(
        f"{rate} false alarms: {value_text(part.metric(f'sensitivity_at_{name}_fp'))}"
        for name, rate in (("1_8", "1/8"), ("1", "1"), ("8", "8"))
    )
    caption = (
        "Lesions found against false alarms per image, for every threshold; the shaded band is where the "
        "heavy line would lie with other patients. The mean of the heights at 1/8, 1/4, 1/2, 1, 2, 4 and 8 "
        f"is the FROC score, {short_text(score)}."
    )
    return [Figure(drawing, caption, alt, title="How many lesions at how many false alarms", name="froc")]


def _marked(part: EvidenceSet) -> list[FrocPoint]:
    found = []
    for point in part.points:
        name = str(point.get("name"))
        false, hit = (
            part.metric(key, point=name) for key in ("false_positives_per_image", "lesion_sensitivity")
        )
        if false and hit and has_value(false) and has_value(hit):
            found.append(FrocPoint(point_title(name), _ranged(false), _ranged(hit)))
    return found


def _ranged(metric: MetricJson) -> Ranged:
    low, high = metric.get("ci_low"), metric.get("ci_high")
    return float(metric["value"]), low if is_number(low) else None, high if is_number(high) else None


def _cell(metric: MetricJson | None) -> Cell:
    if metric is None or not has_value(metric):
        return Cell(value_text(metric), "muted")
    dagger = " †" if metric.get("status") in ("unstable", "degenerate") else ""
    return Cell(value_text(metric) + dagger, note=interval_text(metric))


def _classes(part: EvidenceSet, names: list[str], point: str | None) -> Table:
    columns = (
        Column("Kind", weight=1.3), Column("Lesions", numeric=True, weight=0.7),
        Column("Found", numeric=True), Column("Marks that are right", numeric=True),
        Column("False alarms per image", numeric=True), Column("AP at IoU 0.5", numeric=True),
        Column("FROC score", numeric=True),
    )  # fmt: skip
    kinds: list[str | None] = [*names, *([None] if len(names) > 1 else [])]
    counts = part.content.get("n_by_class") or {}
    rows: list[Row] = []
    for name in kinds:
        # Of one class, AP and FROC over all are those of the class.
        told = [part.metric(key, point=point, class_name=name) for key in
                ("lesion_sensitivity", "lesion_ppv", "false_positives_per_image")]  # fmt: skip
        told += [part.metric(key, class_name=name) for key in ("ap50", "froc_score")]
        total = counts.get(name) if name else part.content.get("n_lesions")
        shown = shorten(name, 40) if name else _ALL
        rows.append((shown, f"{total:,}" if is_number(total) else "not recorded", *map(_cell, told)))
    at = f" Found, right and false are those at “{point_title(point)}”." if point else ""
    notes = [f"{part.content.get('convention', '')}.{at}"]
    overlap = part.metric("ap50_95")
    if overlap is not None and has_value(overlap):
        notes.append(
            f"With boxes that have to fit ever better (mean over IoU 0.50 to 0.95): AP {short_text(overlap)}."
        )
    return Table(columns, tuple(rows), "Kind by kind", tuple(note[:1].upper() + note[1:] for note in notes))


def _points(part: EvidenceSet) -> list[Block]:
    if not part.points:
        return []
    columns = (
        Column("Threshold set to", weight=1.6), Column("Score", numeric=True, weight=0.6),
        Column("Lesions found", numeric=True), Column("False alarms per image", numeric=True),
        Column("Marks that are right", numeric=True),
    )  # fmt: skip
    keys = ("lesion_sensitivity", "false_positives_per_image", "lesion_ppv")
    rows: tuple[Row, ...] = tuple(
        (
            point_title(str(point["name"])), number(point["threshold"]),
            *(_cell(part.metric(key, point=str(point["name"]))) for key in keys),
        )
        for point in part.points
    )  # fmt: skip
    notes = ("Each threshold is the lowest that gave no more false alarms than that on validation images.",)
    return [Table(columns, rows, "At the operating points", notes), *_whole(part)]


def _whole(part: EvidenceSet) -> list[Block]:
    """Whether a whole patient, or a whole image, has a lesion: positive with a single mark anywhere."""
    columns = (
        Column("Threshold set to", weight=1.6), Column("Counted", weight=0.7),
        Column("With a lesion, marked", numeric=True), Column("Without, left alone", numeric=True),
        Column("Marked, and has one", numeric=True), Column("Unmarked, and has none", numeric=True),
    )  # fmt: skip
    units = [
        ("patients" if part.metric("patient_auc") is not None else "images", "case"),
        ("images", "image"),
    ]
    rows: list[Row] = []
    for point in map(str, (one["name"] for one in part.points)):
        for unit, prefix in units:
            found = [part.metric(f"{prefix}_{name}", point=point) for name in _RATES]
            if found[0] is not None:
                rows.append((point_title(point), unit, *map(_cell, found)))
    notes = (
        "A single mark anywhere counts: a patient is positive if any image is.",
        "The last two columns (PPV and NPV) hold at the share with a lesion in these data; where fewer have "
        "one, fewer of those marked have it.",
    )
    return [Table(columns, tuple(rows), "Whole patients and images", notes)] if rows else []


def _sizes(part: EvidenceSet, point: str | None) -> list[Block]:
    groups = part.content.get("size_groups") or []
    if len(groups) < 2:
        return []
    columns = (
        Column("Size"), Column("Side of a square of the same area", weight=1.5),
        Column("Lesions", numeric=True),
        *(Column(f"Found: {point_title(str(p['name'])).lower()}", numeric=True) for p in part.points),
    )  # fmt: skip
    rows: list[Row] = []
    for group in groups:
        at = {metric.get("operating_point"): metric for metric in group.get("metrics") or ()}
        rows.append(
            (
                str(group["name"]).capitalize(), size_text(group.get("smallest_px"), group.get("largest_px")),
                f"{group['n']:,}", *(_cell(at.get(str(p["name"]))) for p in part.points),
            )
        )  # fmt: skip
    note = "Thirds of the lesions of this part by the area of their boxes, in pixels of the image as stored."
    return [Table(columns, tuple(rows), "Small and large lesions", (note,))]


def _readers(part: EvidenceSet) -> list[Block]:
    rows: list[Row] = []
    for reader in part.content.get("readers") or ():
        told = {m["name"]: m for m in reader.get("metrics") or () if not m.get("class")}
        gaps = {m["name"]: m for m in reader.get("network_minus_reader") or ()}
        rows.append(
            (
                str(reader["name"]), str(reader["n"]), _cell(told.get("lesion_sensitivity")),
                _cell(told.get("false_positives_per_image")),
                _cell(gaps.get("lesion_sensitivity_difference")),
                _cell(gaps.get("false_positives_per_image_difference")),
            )
        )  # fmt: skip
    if not rows:
        return []
    columns = (
        Column("Observer"), Column("Images", numeric=True, weight=0.6), Column("Lesions found", numeric=True),
        Column("False alarms per image", numeric=True), Column("Network minus observer: found", numeric=True),
        Column("Network minus observer: false alarms", numeric=True),
    )  # fmt: skip
    note = "Both against the first observer. An interval that holds 0 does not show that they are alike."
    return [Table(columns, tuple(rows), "Beside another observer", (note,))]


def _galleries(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    drawn = part.content.get("drawn") or ()
    missed = tuple(_picture(evidence, one) for one in drawn if one.get("kind") == "missed")
    false = tuple(_picture(evidence, one) for one in drawn if one.get("kind") == "false alarm")
    lines = "Amber: drawn by the expert. Blue and dashed: found by the network."
    found: list[Block] = []
    if missed:
        found.append(Gallery("Missed lesions, the hardest first", lines, missed, alone=True))
    if false:
        found.append(Gallery("False alarms, the most certain first", lines, false, alone=True))
    return found


def _picture(evidence: Evidence, one: Mapping[str, Any]) -> Picture:
    score, kind = one.get("score"), str(one.get("class"))
    if one.get("kind") == "missed":
        near = "no mark met it" if score is None else f"its mark scores only {number(score)}"
        lines = (f"{shorten(kind, 30)}: {near}", f"size {number(one.get('size_px') or 0, digits=0)} px")
    else:
        lines = (
            f"Called {shorten(kind, 30)}, score {number(score)}",
            _KINDS.get(str(one.get("mistake")), ""),
        )
    named = (*filter(None, lines), shorten(str(one.get("case", "")), 40))
    return Picture(
        evidence.picture(one.get("picture")), None, named, f"{one.get('kind')}: {'; '.join(named)}"
    )


def _cases(part: EvidenceSet) -> list[Block]:
    """The images with the most missed lesions, by name, so that somebody can look at them."""
    rows = [row for row in part.content.get("cases") or () if row.get("missed") or row.get("false_positives")]
    rows.sort(key=lambda row: (-row["missed"], -row["false_positives"], str(row["case"])))
    if not rows:
        return []
    columns = (
        Column("Image", weight=2.2), Column("Lesions", numeric=True), Column("Found", numeric=True),
        Column("Missed", numeric=True), Column("False alarms", numeric=True),
    )  # fmt: skip
    told = tuple(
        (
            shorten(str(row["case"]), 60),
            *(str(row[key]) for key in ("lesions", "found", "missed", "false_positives")),
        )
        for row in rows[:_MOST_CASES]
    )
    note = "Every image stands in evaluation.json, every box in predictions.csv."
    table = Table(columns, told, "Most missed lesions first", (note,))
    return [Fold("Images with the most mistakes", (table,))]
