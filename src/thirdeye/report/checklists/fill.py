"""What a run knows about each topic of the checklists; one function a topic.

A topic that a person is asked about may have one too: it is the run's part of the answer, or a draft.
"""

from __future__ import annotations

from collections.abc import Callable

from thirdeye.report.canvas_fill import (
    NOTHING,
    Filled,
    augmentation,
    layers,
    origin,
    software,
    training,
    visualisation,
)
from thirdeye.report.checklists import fill_data as data
from thirdeye.report.checklists import fill_model as model
from thirdeye.report.checklists import fill_results as measured
from thirdeye.report.document import Notice
from thirdeye.report.evidence import Evidence
from thirdeye.report.sections.limits import limits_section


def limitations(evidence: Evidence) -> Filled:
    """Draft: the warnings that the rules of the report have raised."""
    found = [one for one in limits_section(evidence).blocks if isinstance(one, Notice)]
    text = "; ".join(one.title for one in found)
    return Filled(text, "the section on limits", complete=False) if text and evidence.evaluation else NOTHING


def data_availability(evidence: Evidence) -> Filled:
    """What of the data stays with the study."""
    if not (evidence.provenance.get("data") or {}):
        return NOTHING
    text = "the study holds the table of cases and hashes of the images and labels, not the images themselves"
    return Filled(text, "dataset.csv, provenance.json", complete=False)


def partly(fill: Callable[[Evidence], Filled]) -> Callable[[Evidence], Filled]:
    """The same text as a part of an answer that a person completes."""

    def filled(evidence: Evidence) -> Filled:
        found = fill(evidence)
        return Filled(found.text, found.source, complete=False) if found.text else NOTHING

    return filled


FILLERS: dict[str, Callable[[Evidence], Filled]] = {
    "dataset": data.dataset,
    "exclusions": data.exclusions,
    "preprocessing": data.preprocessing,
    "partition": data.partition,
    "disjoint": data.disjoint,
    "imbalance": data.imbalance,
    "characteristics": data.characteristics,
    "devices": data.devices,
    "missing_data": data.missing_data,
    "label_source": data.finding_of("labels.source"),
    "agreement": data.finding_of("labels.agreement"),
    "architecture": layers,
    "parameters": model.parameter_count,
    "pretraining": origin,
    "software": software,
    "training": training,
    "augmentation": augmentation,
    "explanations": visualisation,
    "selection": model.selection,
    "ensemble": model.ensemble,
    "calibration": model.calibration,
    "output": model.output,
    "thresholds": model.thresholds,
    "indeterminate": model.indeterminate,
    "model_files": model.model_files,
    "software_availability": model.software_availability,
    "uncertainty": measured.uncertainty,
    "measures": measured.measures,
    "results": measured.results,
    "cross_table": measured.cross_table,
    "external": measured.external,
    "external_difference": measured.external_difference,
    "updating": measured.updating,
    "subgroups": measured.subgroups,
    "heterogeneity": measured.heterogeneity,
    "comparison": measured.comparison,
    "achieved_width": measured.achieved_width,
}
DRAFTS: dict[str, Callable[[Evidence], Filled]] = {
    "abstract": measured.numbers_of_abstract,
    "acquisition_protocol": data.protocol_of_images,
    "dates": data.dates,
    "setting": data.setting,
    "population_match": data.population,
    "index_blinding": model.blinding,
    "predictors": model.predictors,
    "sample_size": measured.events,
    "robustness": measured.robustness,
    "spectrum": measured.events,
    "fairness": partly(measured.subgroups),
    "limitations": limitations,
    "data_availability": data_availability,
    "code_availability": partly(model.software_availability),
}
