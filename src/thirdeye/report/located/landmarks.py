"""Points on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.document import Paragraph
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.numbers import full_text
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names, noun='points')} be placed in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    said = f"On average a point lies {full_text(LANDMARKS.main_metric(part))} from the expert's."
    return (Paragraph(said, "lead"), Paragraph(counted(part)))


LANDMARKS = LocatedWords(
    task="landmarks",
    kind="points",
    noun="point",
    nouns="points",
    marked="Images with it",
    question=_question,
    headlines=("mre_mm", "mre_px", "sdr_*"),
    lead=_lead,
    always=("Where the point truly is. Two experts put it apart too; a second reading tells how far.",),
)
