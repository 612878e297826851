"""Cases drawn with both outlines: the best, the median and the worst of each structure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Gallery, Paragraph, Picture
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import is_number, number
from thirdeye.report.sets import EvidenceSet

LEGEND = "Amber: the expert. Blue: the network."


def outline_blocks(evidence: Evidence, part: EvidenceSet) -> list[Block]:
    """A gallery for each structure; none where nothing was drawn."""
    drawn = [one for one in part.content.get("drawn") or () if isinstance(one, Mapping)]
    if not drawn:
        return []
    planes = next((one["planes"] for one in drawn if one.get("planes")), None)
    cut = f" From top to bottom: {', '.join(planes)} slice with most of the structure." if planes else ""
    introduction = (
        "The best, the median and the worst of the cases that show the structure, by Dice, chosen by the "
        "figures alone. "
        f"{LEGEND} The part around what was marked is shown.{cut}"
    )
    blocks: list[Block] = [Paragraph("Best, median and worst, drawn", "label"), Paragraph(introduction)]
    for structure in dict.fromkeys(str(one.get("structure")) for one in drawn):
        own = [one for one in drawn if one.get("structure") == structure]
        pictures = tuple(_picture(evidence, one) for one in own)
        blocks.append(Gallery(shorten(structure, 60), LEGEND, pictures, alone=True))
    return blocks


def _picture(evidence: Evidence, one: Mapping[str, Any]) -> Picture:
    dice = number(one["dice"]) if is_number(one.get("dice")) else "undefined"
    rank = str(one.get("rank") or "case")
    lines = (f"{rank[:1].upper()}{rank[1:]}: Dice {dice}", str(one.get("case") or ""))
    return Picture(evidence.picture(one.get("picture")), None, lines, f"{one.get('structure')}, {lines[0]}")
