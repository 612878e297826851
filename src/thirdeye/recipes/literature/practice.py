"""What the studies do and leave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thirdeye.recipes.literature.study import PublishedStudy
from thirdeye.report.literature.lines import Share

PRACTICES: dict[str, str] = {
    "intervals": "Intervals given?",
    "doctors": "Compared with doctors?",
    "traditional": "Compared with a traditional technique?",
    "external_test": "Tested on data from elsewhere?",
    "heat_maps": "Heat maps shown?",
    "heat_maps_examined": "Heat maps put to a test?",
    "patient_wise": "Patients kept on one side of the split?",
}


def shares(
    studies: Iterable[PublishedStudy], own: Mapping[str, tuple[bool | None, str]] | None = None
) -> tuple[Share, ...]:
    """How many of the studies do each thing; `own`: what a study of one's own does, and why one thinks so."""
    known = tuple(studies)
    return tuple(_share(known, name, (own or {}).get(name, (None, ""))) for name in PRACTICES)


def _share(studies: tuple[PublishedStudy, ...], name: str, own: tuple[bool | None, str]) -> Share:
    values = [fact.value for study in studies if (fact := study.practice.get(name)) is not None]
    yes, no = values.count(True), values.count(False)
    return Share(name, PRACTICES[name], yes, no, len(studies) - yes - no, *own)
