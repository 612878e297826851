"""External data: did the reader hold elsewhere, what was left out, what is unlike the study's own data."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal

from thirdeye.report.clean import typeset
from thirdeye.report.document import Block, Bullets, Cell, Column, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import measure
from thirdeye.report.numbers import count, has_interval, has_value, interval_text, n_text
from thirdeye.report.sections.external_calibration import calibration_blocks
from thirdeye.report.sections.external_shift import shift_blocks
from thirdeye.report.sections.fusion import case_blocks
from thirdeye.report.sets import EvidenceSet, evidence_sets

PREFIX = "external:"
_BESIDE = (
    "auc", "auc_macro", "brier", "calibration_intercept", "calibration_slope", "sensitivity", "specificity",
)  # fmt: skip


def external_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """What there is to say of an external set beside its measures; None for a part of the study itself."""
    if not part.name.startswith(PREFIX):
        return None
    if not part.content.get("shift"):
        return _located(part)
    blocks: list[Block] = [discrimination_notice(part)]
    blocks += _left_out(part)
    blocks += shift_blocks(part)
    blocks += _within(part)
    blocks += calibration_blocks(evidence, part)
    whole = case_blocks(part)
    if whole:
        blocks += [Paragraph("Several images and clinical variables together", "label"), *whole]
    blocks.append(Paragraph(_looks(part), "small"))
    anchor = f"shift-{sha256(part.name.encode()).hexdigest()[:8]}"
    return Section(anchor, f"What is different on {part.title}", tuple(blocks))


def _located(part: EvidenceSet) -> Section | None:
    """The same of masks, boxes or points: against the test part, which cases, how often looked at."""
    if not part.content.get("source"):
        return None
    against = _against_notice(part)
    blocks: list[Block] = [against] if against else []
    blocks += [*_left_out(part), *_compared(part), Paragraph(_looks(part), "small")]
    anchor = f"shift-{sha256(part.name.encode()).hexdigest()[:8]}"
    return Section(anchor, f"{part.title[:1].upper()}{part.title[1:]} beside the test part", tuple(blocks))


def _compared(part: EvidenceSet) -> list[Block]:
    """What other techniques reached on the same external cases, each in a sentence."""
    said = [typeset(str(one["verdict"])) for one in part.comparisons if one.get("verdict")]
    if not said:
        return []
    return [Paragraph("Against simpler techniques, on these cases", "label"), Bullets(tuple(said))]


def _against_notice(part: EvidenceSet) -> Notice | None:
    """Whether the main measure is that of the test part; None where they share none."""
    found = part.content.get("against_test") or {}
    if not found:
        return None
    title, _, figures = typeset(str(found.get("sentence"))).partition(": ")
    level: Literal["note", "warning"] = (
        "note" if found.get("outcome") in ("better", "as_well_or_unclear") else "warning"
    )
    return Notice(level, title, figures[:1].upper() + figures[1:])


def discrimination_notice(part: EvidenceSet) -> Notice:
    """Whether the reader ranks cases as well as on the test part, as a remark that can't be missed."""
    found = (part.content.get("shift") or {}).get("discrimination") or {}
    said = str(found.get("sentence") or "The ranking was not compared with that of the test part.")
    title, _, figures = typeset(said).partition(": ")
    return Notice(_level(found, part), title.rstrip("."), figures[:1].upper() + figures[1:])


def _level(found: Mapping[str, Any], part: EvidenceSet) -> Literal["note", "warning", "stop"]:
    difference, area = found.get("difference") or {}, found.get("external") or {}
    low = area.get("ci_low") if has_interval(area) else area.get("value")
    if has_value(area) and isinstance(low, int | float) and low <= 0.5:
        return "stop"
    high = difference.get("ci_high")
    return "warning" if isinstance(high, int | float) and high < 0 else "note"


def _left_out(part: EvidenceSet) -> list[Block]:
    """What was found, what was left out and why: no case is lost without a reason."""
    source, reasons = part.content.get("source") or {}, part.content.get("n_excluded") or {}
    said = [f"{count(int(source.get('n_found') or 0), 'image')} found in “{source.get('data', '')}”."]
    said += [f"{count(int(n), 'image')} left out: {reason}." for reason, n in reasons.items()]
    renamed = [
        f"“{theirs}” as “{ours}”" for theirs, ours in (source.get("classes") or {}).items() if theirs != ours
    ]
    if renamed:
        said.append(f"Classes counted under the reader's names: {', '.join(renamed)}.")
    if not (part.content.get("leaks") or {}).get("checked"):
        said.append("Not compared with the images of the study: whether some are among them is not known.")
    else:
        said.append("Compared with every image of the study, pixel by pixel and as near-duplicates.")
    return [Paragraph("Which cases", "label"), Bullets(tuple(said))]


def _within(part: EvidenceSet) -> list[Block]:
    """Measures of all cases, and beside them of those on which the reader would give an opinion."""
    block = part.content.get("within_envelope") or {}
    if not block:
        return []
    blocks: list[Block] = [Paragraph("Cases outside what the reader has seen", "label")]
    reasons = block.get("reasons") or {}
    why = "; ".join(f"{reason} ({n})" for reason, n in reasons.items())
    blocks.append(Paragraph(str(block.get("note", "")) + (f" Reasons: {why}." if why else "")))
    rows = [row for metric in block.get("metrics") or () if (row := _beside(part, metric)) is not None]
    if rows:
        columns = (
            Column("Measure", weight=2),
            Column("All cases", numeric=True),
            Column("Interval", numeric=True, weight=1.5),
            Column("Inside only", numeric=True),
            Column("Interval", numeric=True, weight=1.5),
            Column("Cases inside", numeric=True),
        )
        caption = "With and without the cases on which the reader would give no opinion"
        blocks.append(Table(columns, tuple(rows), caption, ("All cases are the headline.",)))
    return blocks


def _beside(part: EvidenceSet, metric: Mapping[str, Any]) -> tuple[str | Cell, ...] | None:
    name, point = str(metric.get("name")), metric.get("operating_point")
    if name not in _BESIDE or metric.get("class") or point not in (None, _first_point(part)):
        return None
    whole = part.metric(name, point=point)
    if whole is None:
        return None
    title = measure(name).title + (f", {point}" if point else "")
    return (
        title, metric_cell(whole), interval_text(whole), metric_cell(metric), interval_text(metric),
        n_text(metric, part.cluster),
    )  # fmt: skip


def _first_point(part: EvidenceSet) -> str | None:
    return str(part.points[0].get("name")) if part.points else None


def _looks(part: EvidenceSet) -> str:
    looks = part.content.get("looks") or {}
    number = int(looks.get("count") or 1)
    if number == 1:
        return "These cases were looked at once."
    reasons = "; ".join(f"“{reason}”" for reason in looks.get("reasons") or ())
    return (
        f"These cases were looked at {number} times, whatever the set was called. Reasons given: {reasons}. "
        "Each further look invites a choice in its favour."
    )


def external_notices(evidence: Evidence) -> list[Notice]:
    """The sentence of each external set, for the summary."""
    parts = [part for part in evidence_sets(evidence) if part.name.startswith(PREFIX)]
    found = [
        discrimination_notice(part) if part.content.get("shift") else _against_notice(part) for part in parts
    ]
    return [notice for notice in found if notice is not None]


def external_limits(evidence: Evidence) -> Notice | None:
    """What the external figures cannot say: leaks not looked for, cases outside, further looks, cautions."""
    said = []
    for part in evidence_sets(evidence):
        if part.name.startswith(PREFIX):
            said += [f"{part.title[:1].upper() + part.title[1:]}: {one}" for one in _doubts(part)]
    return Notice("warning", "What to know about the external data", " ".join(said)) if said else None


def _doubts(part: EvidenceSet) -> list[str]:
    content = part.content
    found = [str(one) for one in content.get("warnings") or ()]
    outside = content.get("within_envelope") or {}
    if outside.get("n_abstained"):
        found.append(str(outside.get("note", "")))
    if int((content.get("looks") or {}).get("count") or 1) > 1:
        found.append(_looks(part))
    return found
