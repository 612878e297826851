"""Boxes on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.document import Paragraph
from thirdeye.report.located.box_words import false_sentence, found_sentence
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names)} be found in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    false = false_sentence(part)
    return (Paragraph(found_sentence(part), "lead"), Paragraph(f"{counted(part)} {false}".strip()))


DETECTION = LocatedWords(
    task="detection",
    kind="boxes around what is looked for",
    noun="kind",
    nouns="kinds",
    marked="Images that show it",
    question=_question,
    headlines=("ap50", "froc_score"),
    lead=_lead,
    always=("Whether everything that is there has a box. A lesion without one counts as a false mark.",),
)
