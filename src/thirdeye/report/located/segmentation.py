"""Masks on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.clean import shorten
from thirdeye.report.document import Paragraph
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.numbers import has_value, inline_text, number, value_text
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names)} be outlined in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    metric = SEGMENTATION.main_metric(part)
    if not has_value(metric) or metric is None:
        said = f"How far the outlines of the network and of the expert agree is {value_text(metric)}."
    else:
        over = f", averaged over {len(names)} structures" if len(names) > 1 else ""
        share = number(metric["value"], percent=True, digits=0)
        said = (
            f"The outlines of the network and of the expert share {share} of their area{over} "
            f"(Dice {inline_text(metric)})."
        )
    return (Paragraph(said, "lead"), Paragraph(counted(part) + _range(part, names)))


def _range(part: EvidenceSet, names: Sequence[str]) -> str:
    """The structure that is outlined worst and the one that is outlined best."""
    found = [
        (float(m["value"]), name, m)
        for name in names
        if has_value(m := part.metric("dice", class_name=name)) and m
    ]
    if len(found) < 2:
        return ""
    ranked = sorted(found, key=lambda one: one[:2])
    (_, worst, low), (_, best, high) = ranked[0], ranked[-1]
    return (
        f" Best outlined is “{shorten(best, 40)}” (Dice {inline_text(high)}), "
        f"worst “{shorten(worst, 40)}” (Dice {inline_text(low)})."
    )


SEGMENTATION = LocatedWords(
    task="segmentation",
    kind="outlines of structures",
    noun="structure",
    nouns="structures",
    marked="Images in which it is marked",
    question=_question,
    headlines=("dice", "hd95_max_of_directed"),
    lead=_lead,
    always=("Where the border truly is. Two experts draw it apart too; a second reading tells how far.",),
)
