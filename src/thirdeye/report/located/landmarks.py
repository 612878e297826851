"""Points on paper."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.report.document import Paragraph
from thirdeye.report.located.agreement import first_measurement
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.point_words import distance_text
from thirdeye.report.located.words import LocatedWords
from thirdeye.report.numbers import has_value
from thirdeye.report.sets import EvidenceSet


def _question(names: Sequence[str]) -> str:
    return f"Can {listed(names, noun='points')} be placed in these images?"


def _lead(part: EvidenceSet, names: Sequence[str]) -> tuple[Paragraph, ...]:
    metric = LANDMARKS.main_metric(part)
    if metric is None or not has_value(metric):
        return (
            Paragraph("No point could be measured against the expert's.", "lead"),
            Paragraph(counted(part)),
        )
    unit = str(metric["name"]).removeprefix("mre_")
    said = f"On average a point lies {distance_text(metric, unit)} from the expert's."
    measured = first_measurement(part)
    return (Paragraph(said, "lead"), *([Paragraph(measured)] if measured else []), Paragraph(counted(part)))


LANDMARKS = LocatedWords(
    task="landmarks",
    kind="points",
    noun="point",
    nouns="points",
    marked="Images with it",
    question=_question,
    headlines=("mre_mm", "mre_px", "sdr_2mm", "sdr_4mm", "sdr_1pct", "sdr_2pct"),
    lead=_lead,
    always=("Where the point truly is. Two experts put it apart too; a second reading tells how far.",),
)
