"""Hidden strata: the groups on which the network does worst, what distinguishes them, some of their cases."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from thirdeye.report.clean import shorten, typeset
from thirdeye.report.document import (
    Block,
    Cell,
    Column,
    Fold,
    Notice,
    Paragraph,
    Section,
    Sheet,
    Table,
    Tile,
    TileGroup,
)
from thirdeye.report.evidence import Evidence
from thirdeye.report.measures import metric_cell
from thirdeye.report.names import measure
from thirdeye.report.numbers import has_interval, interval_text, is_number, number, p_text
from thirdeye.report.sets import EvidenceSet

Json = Mapping[str, Any]
_SOURCES = {
    "facts": "The hardest group by metadata and image facts",
    "features": "The hardest group by the network's own features",
}


def strata_section(evidence: Evidence, part: EvidenceSet) -> Section | None:
    """The groups that were sought; None where nothing was."""
    found = part.content.get("strata")
    if not found:
        return None
    blocks: list[Block] = [_lead(found), Paragraph(str(found.get("how") or ""))]
    for group in found.get("groups") or ():
        told = _group(evidence, group, part.cluster)
        hard = group.get("outcome") == "shown"
        blocks += told if hard else [Fold(_named(group), tuple(told[1:]))]
    if found.get("groups") and found.get("features"):
        blocks.append(Paragraph(str(found["features"]), "small"))
    anchor = "strata" if part.name == "test" else f"strata-{sha256(part.name.encode()).hexdigest()[:8]}"
    return Section(anchor, "Hidden groups of hard cases", tuple(blocks))


def shown_strata(part: EvidenceSet) -> list[str]:
    """Verdicts of the hidden groups that are shown to be hard."""
    groups = (part.content.get("strata") or {}).get("groups") or ()
    return [typeset(str(group["verdict"])) for group in groups if group.get("outcome") == "shown"]


def _lead(found: Json) -> Notice | Paragraph:
    groups = found.get("groups") or ()
    if not groups:
        return Paragraph(str(found.get("verdict") or "Not sought."), "lead")
    if any(group.get("outcome") == "shown" for group in groups):
        return Notice(
            "warning",
            "There is a group of cases on which the network is wrong more often than elsewhere",
            "The figures over all cases do not hold for it.",
            "Look at its pictures, find what they share, and add such cases to the training part.",
        )
    return Paragraph(
        f"Of {found.get('searched', 0):,} groups that were looked through, the hardest is not shown to be "
        "harder than the rest on cases that had no part in the choice.",
        "lead",
    )


def _group(evidence: Evidence, group: Json, cluster: str) -> list[Block]:
    blocks: list[Block] = [Paragraph(_named(group), "label"), Paragraph(typeset(str(group.get("verdict"))))]
    description = str(group.get("description") or "")
    said = description or "none of the known facts distinguishes its cases"
    blocks.append(Paragraph(f"What distinguishes it: {said}. {_expected(group)}"))
    blocks.append(_table(group))
    tiles = tuple(_tile(evidence, one) for one in group.get("examples") or ())
    if tiles:
        title = "Cases of this group: wrong ones first, the most confident foremost"
        title += "" if cluster == "image" else f"; one of each {cluster}"
        blocks.append(Sheet((TileGroup(tiles),), title))
    return blocks


def _named(group: Json) -> str:
    title = _SOURCES.get(str(group.get("source")), "A group")
    return title + (
        f": {shorten(str(group.get('definition')), 70)}" if group.get("source") == "facts" else ""
    )


def _expected(group: Json) -> str:
    """Whether the network knew how unsure it should be."""
    expected, seen = group.get("expected_error"), _value(group, "accuracy")
    if not is_number(expected) or seen is None:
        return ""
    return (
        f"By its own probabilities the network expected to be wrong in "
        f"{number(expected, percent=True, digits=0)} of them; it was in "
        f"{number(1 - seen, percent=True, digits=0)}."
    )


def _value(group: Json, name: str) -> float | None:
    found = next((one for one in group.get("inside") or () if one.get("name") == name), None)
    return float(found["value"]) if found and is_number(found.get("value")) else None


def _table(group: Json) -> Table:
    columns = (
        Column("Measure", weight=1.6),
        Column("In the group", numeric=True, weight=1.4),
        Column("Among the others", numeric=True, weight=1.4),
    )
    others = {one["name"]: one for one in group.get("outside") or ()}
    rows: list[tuple[str | Cell, ...]] = []
    for one in group.get("inside") or ():
        name = str(one["name"])
        title = "Right calls" if name == "accuracy" else measure(name).title
        rows.append((title, _cell(one), _cell(others.get(name))))
    p = p_text(group.get("p_adjusted"))
    gap = group.get("excess_error") or {}
    notes = [f"Excess of wrong calls over other cases of the same classes: {_signed(gap)}, adjusted {p}."]
    if any(one.get("status") == "unstable" for one in (*(group.get("inside") or ()), *others.values())):
        notes.append("† rests on fewer than ten cases.")
    return Table(columns, tuple(rows), "Measured on cases that had no part in the choice", tuple(notes))


def _signed(gap: Json) -> str:
    if not is_number(gap.get("value")):
        return str(gap.get("reason") or "undefined")
    text = ("+" if gap["value"] > 0 else "") + number(gap["value"], percent=True)
    if not has_interval(gap):
        return text
    low, high = (number(gap[key], percent=True) for key in ("ci_low", "ci_high"))
    return f"{text} (interval {low} to {high})"


def _cell(metric: Json | None) -> Cell:
    if metric is None or metric.get("value") is None:
        return Cell("undefined", "muted")
    return Cell(metric_cell(metric).text, note=f"{interval_text(metric)}, n = {metric.get('n')}")


def _tile(evidence: Evidence, one: Json) -> Tile:
    chance = one.get("probability")
    shown = number(chance, percent=True, digits=0) if is_number(chance) else ""
    lines = (
        f"Truth: {shorten(str(one.get('label') or 'none'), 24)}",
        f"Given to “{shorten(str(one.get('class')), 24)}”: {shown}",
    )
    return Tile(evidence.picture(one.get("image")), str(one.get("case", "")), lines, "the picture is missing")
