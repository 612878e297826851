"""Boxes on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.document import Paragraph
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.numbers import full_text
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names)} be found in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    metric = DETECTION.main_metric(part)
    title = "Average precision" if metric is None else "Of boxes found and boxes invented, the figure"
    return (Paragraph(f"{title} is {full_text(metric)}.", "lead"), Paragraph(counted(part)))


DETECTION = LocatedWords(
    task="detection",
    kind="boxes around what is looked for",
    noun="kind",
    nouns="kinds",
    marked="Images that show it",
    question=_question,
    headlines=("map50", "ap50", "froc_score"),
    lead=_lead,
    always=("Whether everything that is there has a box. A lesion without one counts as a false mark.",),
)
