"""From the evidence of a study to its report, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.report.canvas import canvas_section
from thirdeye.report.cases import part_count
from thirdeye.report.checklists.checklists import checklist_section
from thirdeye.report.document import Document, Section
from thirdeye.report.evidence import Evidence
from thirdeye.report.question import question
from thirdeye.report.sections.boxes import boxes_section
from thirdeye.report.sections.calibration import calibration_section
from thirdeye.report.sections.case_map import case_map_section
from thirdeye.report.sections.certainty import certainty_section
from thirdeye.report.sections.cite import cite_section
from thirdeye.report.sections.data import data_section
from thirdeye.report.sections.envelope import envelope_section
from thirdeye.report.sections.examples import examples_section
from thirdeye.report.sections.external import external_section
from thirdeye.report.sections.feature_sets import feature_sets_section
from thirdeye.report.sections.fusion import fusion_section
from thirdeye.report.sections.heat_map_exam import heat_map_section
from thirdeye.report.sections.label import label_sections
from thirdeye.report.sections.landmarks import landmarks_section
from thirdeye.report.sections.levels import levels_section
from thirdeye.report.sections.limits import limits_section
from thirdeye.report.sections.method import method_section
from thirdeye.report.sections.networks import networks_section
from thirdeye.report.sections.opinion import opinion_section
from thirdeye.report.sections.provenance import provenance_section
from thirdeye.report.sections.published import published_section
from thirdeye.report.sections.quality import quality_section
from thirdeye.report.sections.results import results_section, validation_section
from thirdeye.report.sections.robustness import robustness_section
from thirdeye.report.sections.similar import similar_section
from thirdeye.report.sections.spectrum import spectrum_section
from thirdeye.report.sections.stages import stages_section
from thirdeye.report.sections.strata import strata_section
from thirdeye.report.sections.structures import structures_section
from thirdeye.report.sections.subgroups import subgroup_section
from thirdeye.report.sections.summary import summary_section
from thirdeye.report.sections.system import system_section
from thirdeye.report.sections.tie_break import tie_break_section
from thirdeye.report.sections.usefulness import usefulness_section
from thirdeye.report.sections.versus import versus_section
from thirdeye.report.sets import evidence_sets


def compose(evidence: Evidence, canvas: dict[str, Any], checklists: dict[str, Any] | None = None) -> Document:
    """The document, in reading order: the answer, the evidence, how it was made, what a paper needs."""
    parts = evidence_sets(evidence)
    measured = [part for part in parts if part.name != "validation"]
    validated = [part for part in parts if part.name == "validation"]
    answer: list[Section | None] = [summary_section(evidence)]
    proof: list[Section | None] = [
        data_section(evidence),
        *(
            section
            for part in measured
            for section in (
                boxes_section(evidence, part)
                or landmarks_section(evidence, part)
                or structures_section(evidence, part)
                or results_section(evidence, part),
                calibration_section(evidence, part),
                certainty_section(part),
                envelope_section(part),
                usefulness_section(evidence, part),
                external_section(evidence, part),
                *label_sections(evidence, part),
            )
        ),
        versus_section(evidence),
        system_section(evidence),
        fusion_section(evidence),
        levels_section(evidence),
        *(subgroup_section(part) for part in measured),
        *(strata_section(evidence, part) for part in measured),
        similar_section(evidence),
        case_map_section(evidence),
        networks_section(evidence),
        feature_sets_section(evidence),
        tie_break_section(evidence),
        spectrum_section(evidence),
        quality_section(evidence),
        robustness_section(evidence),
        examples_section(evidence),
        opinion_section(evidence),
        heat_map_section(evidence),
        limits_section(evidence),
    ]
    making: list[Section | None] = [
        published_section(evidence),
        method_section(evidence),
        stages_section(evidence),
        *(validation_section(evidence, part) for part in validated),
        provenance_section(evidence),
    ]
    kept = [
        *_grouped("The answer", answer),
        *_grouped("The evidence", proof),
        *_grouped("How it was made", making),
    ]
    papers = [canvas_section(canvas), cite_section(evidence)]
    if checklists:  # with pointers into every section
        papers.insert(1, checklist_section(checklists, [*kept, *papers]))
    kept += _grouped("For a publication", papers)
    return Document(
        title=question(evidence),
        subtitle=_subtitle(evidence),
        notice=RESEARCH_USE,
        sections=tuple(kept),
        imprint=_imprint(evidence),
    )


def _grouped(group: str, sections: Sequence[Section | None]) -> list[Section]:
    """Those that have something to say, under one heading of the contents."""
    return [replace(section, group=group) for section in sections if section is not None]


def _subtitle(evidence: Evidence) -> str:
    parts = []
    if evidence.dataset is not None:
        parts.append(part_count(evidence.dataset, "all", evidence.cluster).text)
    started = str(evidence.provenance.get("started") or "")[:10]
    if started:
        parts.append(started)
    if evidence.published:
        parts.append(f"after the published system {evidence.published.get('id')}")
    return " · ".join(parts)


def _imprint(evidence: Evidence) -> str:
    versions = evidence.provenance.get("versions") or {}
    version = versions.get("thirdeye") or versions.get("thirdeye-imaging")
    return f"Made by Third Eye{f' {version}' if version else ''} from the files of one study folder."
