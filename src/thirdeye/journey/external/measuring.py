"""The entry of an external set: everything that is measured of its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.case_set import read_case_set
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.pixels import load_image
from thirdeye.intake.words import counted
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.external.asked import External, stated_prevalence
from thirdeye.journey.external.cases import ExternalCases
from thirdeye.journey.external.covariates import covariate_shift
from thirdeye.journey.external.domain import domain_classifier
from thirdeye.journey.external.envelope import abstained, within_envelope
from thirdeye.journey.external.leaks import Leaks
from thirdeye.journey.external.own import Own, refitted_baseline, test_material
from thirdeye.journey.external.recalibrating import recalibrated
from thirdeye.journey.external.shifting import (
    Part,
    discrimination_shift,
    predictive_values_elsewhere,
    prevalence_shift,
)
from thirdeye.journey.material import CACHE, Material, label_array
from thirdeye.journey.scoring import Scored, score_material
from thirdeye.journey.uncertainty import join_uncertainty
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.transform.cache import prepared_images


@dataclass(frozen=True)
class Read:
    """External cases that were read, with everything that the parts of the evidence are made from.

    Args:
        study, plan, manifest: of the reader.
        own: the study's side.
        cases: the external data; what leaks is left out.
        scored: what the network (and the traditional technique) say of them.
        baseline: the traditional technique; None where it does not take part.
    """

    study: Study
    plan: Plan
    manifest: Manifest
    own: Own
    cases: ExternalCases
    scored: Scored
    baseline: Baseline | None

    @property
    def clusters(self) -> NDArray[np.str_] | None:
        """Patients of the cases, where they are known."""
        return self.scored.patients if self.cases.patients_known else None


def read_cases(
    study: Study, plan: Plan, manifest: Manifest, own: Own, cases: ExternalCases, asked: External,
    sha256: str, tell: Listener,
) -> Read:  # fmt: skip
    """Prepare and read the cases that are left.

    Args:
        study, plan, manifest: of the reader.
        own: the study's side.
        cases: the external data without what leaks.
        asked: what the user said.
        sha256: of the cases.
        tell: hears how it goes.
    """
    kept, root = cases.kept, cases.collection.root

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "external images prepared", done / max(1, total)))

    images = prepared_images(
        study.path(CACHE), kept["image"].tolist(), lambda reference: load_image(root, reference),
        size_px=plan.image_size_px, resize=plan.resize, intensity=plan.intensity, identity=sha256,
        preparation=plan.preparation, progress=progress,
    )  # fmt: skip
    material = Material(kept, images, label_array(kept, plan), kept["patient"].to_numpy(dtype=str))
    baseline = refitted_baseline(study, own, plan, tell) if asked.traditional else None
    tell(Event("note", f"{counted(len(kept), 'external image')} are read"))
    scored = score_material(study, material, manifest, baseline)
    return Read(study, plan, manifest, own, cases, scored, baseline)


def entry_of(case: Read, name: str, leaks: Leaks, asked: External) -> tuple[dict[str, Any], list[str]]:
    """The entry of the set, and per case why the reader would have said nothing.

    Args:
        case: the cases as read.
        name: of the set ("external:NAME").
        leaks: what was left out because the study has it.
        asked: what the user said.
    """
    plan, scored, counts = case.plan, case.scored, case.cases.counts()
    evaluable = plan.task == "multilabel" or len(np.unique(scored.labels)) > 1
    entry = set_evidence(
        scored, plan, case.manifest, case.baseline if evaluable else None,
        patients_known=case.cases.patients_known, excluded=counts, subgroups=asked.subgroups,
        prevalences=stated_prevalence(plan, asked),
    )  # fmt: skip
    reasons = abstained(case.study, scored, case.manifest, case.cases.sketch)
    entry["within_envelope"] = within_envelope(
        scored, reasons, plan, case.manifest, clusters=case.clusters, excluded=counts
    )
    join_uncertainty(entry, scored, plan, case.manifest, patients_known=case.cases.patients_known)
    entry["leaks"] = leaks.as_json()
    entry["shift"] = _shift(case, entry, name, asked)
    entry["recalibrated"] = recalibrated(scored, plan, clusters=case.clusters)
    caution = entry["recalibrated"]["caution"]
    notes = [*case.cases.notes, *([caution] if caution else [])]
    entry["warnings"] = [*notes, *_no_comparison(case, evaluable, asked), *entry["warnings"]]
    return entry, reasons


def _no_comparison(case: Read, evaluable: bool, asked: External) -> list[str]:
    if not asked.traditional:
        return ["The traditional technique was not compared on these data: the user left it out."]
    if not evaluable:
        return ["The data hold one class only: no technique can be compared with another on them."]
    if case.baseline is None:
        return [
            "The traditional technique was not compared on these data: it has to be fitted again, for which "
            "the study's own images are needed (--data)."
        ]
    return []


def _shift(case: Read, entry: Mapping[str, Any], name: str, asked: External) -> dict[str, Any]:
    plan, own, known = case.plan, case.own, case.own.patients_known
    development = own.table.part("train", "validation")
    parts = [
        Part.of("development", development, plan, patients_known=known),
        Part.of("test", own.table.part("test"), plan, patients_known=known),
        Part("external", case.scored.labels, case.clusters),
    ]
    test = case.study.read_json(EVALUATION_FILE)["sets"]["test"]
    return {
        "discrimination": discrimination_shift(test, entry, name.removeprefix(EXTERNAL)),
        "prevalence": prevalence_shift(parts, plan.classes, plan.positive),
        "predictive_values": _predictive(case, parts[0], asked),
        "covariates": covariate_shift(
            (development, own.sketch), (case.scored.material.rows, case.cases.sketch)
        ),
        "domain": _domain(case),
    }


def _predictive(case: Read, development: Part, asked: External) -> list[dict[str, Any]]:
    plan = case.plan
    if plan.positive is None:
        return []
    column = plan.classes.index(plan.positive)
    shares = {"development": float(development.has(column).mean())}
    shares.update(zip(("stated",), stated_prevalence(plan, asked), strict=False))
    cases = read_case_set(
        labels=case.scored.labels, probabilities=case.scored.network, classes=list(plan.classes),
        task=plan.task, positive=plan.positive, clusters=case.clusters,
        operating_points=[dict(point) for point in case.manifest.operating_points],
    )  # fmt: skip
    return predictive_values_elsewhere(cases, shares, plan)


def _domain(case: Read) -> dict[str, Any]:
    material = test_material(case.study, case.own, case.plan)
    if material is None or case.scored.features is None:
        return {"auc": None, "verdict": "Not asked: the study's own images are not here."}
    own = score_material(case.study, material, case.manifest, None)
    if own.features is None:
        return {"auc": None, "verdict": "Not asked: the network gives no features."}
    return domain_classifier(
        own.features,
        case.scored.features,
        own_patients=own.patients,
        other_patients=case.scored.patients,
        seed=case.plan.seed,
    )
