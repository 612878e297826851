"""External validation, end to end: from DATA to an entry "external:NAME" of evaluation.json and its files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.evaluation.case_set import read_case_set
from thirdeye.inference.manifest import Manifest, read_manifest
from thirdeye.intake.pixels import load_image
from thirdeye.intake.prevalence import read_prevalence
from thirdeye.intake.words import counted, shown_name
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL, external_sets, reader_hash, validation_key
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.external.cases import ExternalCases, open_external, refuse_nothing_left
from thirdeye.journey.external.covariates import covariate_shift
from thirdeye.journey.external.domain import domain_classifier
from thirdeye.journey.external.envelope import abstained, within_envelope
from thirdeye.journey.external.files import excluded_csv, external_predictions_csv
from thirdeye.journey.external.leaks import Leaks, find_leaks
from thirdeye.journey.external.own import Own, own_side, refitted_baseline, test_material
from thirdeye.journey.external.recalibrating import recalibrated, recalibration_file
from thirdeye.journey.external.shifting import (
    Part,
    discrimination_shift,
    predictive_values_elsewhere,
    prevalence_shift,
)
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import CACHE, Material, label_array, read_plan
from thirdeye.journey.options import DataOptions
from thirdeye.journey.results import Validated
from thirdeye.journey.scoring import Scored, score_material
from thirdeye.journey.training import training_key
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.transform.cache import prepared_images


@dataclass(frozen=True)
class External:
    """What a user can say about an external validation beside the data options.

    Args:
        name: of the set; None: the name of the data.
        mapping: class of the reader to the classes of the data that mean it.
        part: only the part of the data called so ("test").
        same_patients: equal patient ids mean the same person on both sides.
        traditional: whether the traditional technique is compared on these cases too.
        subgroups: columns to group by, beside those that are found.
        options: of intake.
    """

    name: str | None = None
    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)
    part: str | None = None
    same_patients: bool = False
    traditional: bool = True
    subgroups: tuple[str, ...] = ()
    options: DataOptions = field(default_factory=DataOptions)


@dataclass(frozen=True)
class _Case:
    """Everything that the parts of the evidence are made from.

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


def validate_on(
    folder: Path, on: Path, asked: External, *, data: Path | None, reason: str | None, tell: Listener
) -> Validated:
    """Measure a study's reader on external data; see `thirdeye.journey.validating.validate`.

    Args:
        folder: of the study.
        on: the external data.
        asked: what the user said about them.
        data: where the study's own images lie; None: where they lay.
        reason: of a further look.
        tell: hears how it goes.

    Raises:
        UsageError, DataRefused, StudyMismatch: as `validate`.
    """
    study = Study(folder)
    _refuse_place(folder, on)
    ledger = Ledger(study)
    ledger.verify("plan")
    ledger.verify("train", training_key(study))
    ledger.verify("validate", validation_key(study))
    plan, manifest = read_plan(study), read_manifest(study)
    refuse_options(asked.options, plan)
    name = EXTERNAL + set_name(asked.name or on.resolve().name)
    tell(Event("stage", "External data"))
    cases = open_external(on, plan, mapping=asked.mapping, part=asked.part, options=asked.options, tell=tell)
    refuse_nothing_left(cases)
    sha256, looks = cases.sha256(), Looks(study, ledger)
    looks.refuse_without_reason(name, sha256, reason)
    _refuse_taken(study, name, sha256)
    tell(Event("stage", "Leaks"))
    own = own_side(study, data, tell)
    leaks = find_leaks(cases, own.sketch, own.rows, same_patients=asked.same_patients, seed=plan.seed)
    for sentence in leaks.notes:
        tell(Event("note", sentence))
    cases = cases.without(leaks.reasons, *leaks.notes)
    refuse_nothing_left(cases)
    tell(Event("stage", f"Validation on {counted(len(cases.kept), 'external image')}"))
    case = _scored(study, plan, manifest, own, cases, asked, sha256, tell)
    with ledger.stage(name, "") as outputs:
        entry, abstentions = _entry(case, name, leaks, asked)
        entry["source"] = _source(case, name, on, asked, sha256)
        place = f"external/{name.removeprefix(EXTERNAL)}"
        written = {
            f"{place}/predictions.csv": external_predictions_csv(plan, name, case.scored, abstentions),
            f"{place}/excluded.csv": excluded_csv(cases.excluded),
        }
        offer = recalibration_file(
            entry["recalibrated"], plan, entry["source"], manifest.calibration.as_json()
        )
        # Counted just before the figures can be seen.
        number = looks.count(name, sha256, model_sha256=manifest.onnx["sha256"], reason=reason)
        entry["looks"] = {"count": number, "reasons": [one.reason for one in looks.at(sha256) if one.reason]}
        for path, text in written.items():
            study.write_text(path, text)
        study.write_json(f"{place}/recalibration.json", offer)
        outputs += [*written, f"{place}/recalibration.json"]
    evidence = study.read_json(EVALUATION_FILE)
    evidence["sets"][name] = entry
    ledger.content["stages"][name]["key"] = key_of(entry)
    ledger.rewrite_json("validate", EVALUATION_FILE, evidence)
    return Validated(study.folder, evidence, name)


def set_name(given: str) -> str:
    """A name that can be that of a folder.

    Raises:
        UsageError: nothing is left of it.
    """
    stem = re.sub(
        r"(\.tar)?\.(csv|tsv|xlsx|parquet|npz|zip|gz|tgz|tar)$", "", given.strip(), flags=re.IGNORECASE
    )
    name = re.sub(r"[^\w.-]+", "_", stem).strip("._")[:60]
    if not name:
        raise UsageError(f"'{shown_name(given)}' cannot be the name of a set; give one with --name")
    return name


def refuse_options(options: DataOptions, plan: Plan) -> None:
    """What the study has decided cannot be said again in another way.

    Raises:
        UsageError: another task, an order, or a positive class where there are not two classes.
    """
    task = options.get("task")
    if task not in (None, plan.task):
        raise UsageError(f"--task {task}: the reader's task is {plan.task}, and external data take the same")
    if options.get("order"):
        raise UsageError("--order: the order of the grades is that of the reader")
    if options.get("positive") is not None and plan.positive is None:
        raise UsageError(f"--positive is for two classes; the reader's task is {plan.task}")


def _refuse_place(folder: Path, on: Path) -> None:
    if not on.exists():
        raise UsageError(f"there is no file or folder '{shown_name(str(on))}'")
    inside, outside = on.resolve(), folder.resolve()
    if inside.is_relative_to(outside):
        raise UsageError(
            f"'{shown_name(on.name)}' lies inside the study; external data come from elsewhere: name them "
            "with --on DATA"
        )
    if outside.is_relative_to(inside):
        raise UsageError(
            f"the study '{folder.name}' lies inside the data '{shown_name(on.name)}'; its own files would be "
            "taken for data: move one of them"
        )


def _refuse_taken(study: Study, name: str, sha256: str) -> None:
    known = external_sets(study).get(name)
    if known is not None and known["source"]["data_sha256"] != sha256:
        raise UsageError(
            f"the study has a set '{name.removeprefix(EXTERNAL)}' of other data; choose another name with "
            "--name"
        )


def _scored(
    study: Study, plan: Plan, manifest: Manifest, own: Own, cases: ExternalCases, asked: External,
    sha256: str, tell: Listener,
) -> _Case:  # fmt: skip
    kept, root = cases.kept, cases.collection.root

    def progress(done: int, total: int) -> None:
        tell(Event("progress", "external images prepared", done / max(1, total)))

    images = prepared_images(
        study.path(CACHE), kept["image"].tolist(), lambda reference: load_image(root, reference),
        size_px=plan.image_size_px, resize=plan.resize, intensity=plan.intensity, identity=sha256,
        progress=progress,
    )  # fmt: skip
    material = Material(kept, images, label_array(kept, plan), kept["patient"].to_numpy(dtype=str))
    baseline = refitted_baseline(study, own, plan, tell) if asked.traditional else None
    tell(Event("note", f"{counted(len(kept), 'external image')} are read"))
    scored = score_material(study, material, manifest, baseline)
    return _Case(study, plan, manifest, own, cases, scored, baseline)


def _entry(case: _Case, name: str, leaks: Leaks, asked: External) -> tuple[dict[str, Any], list[str]]:
    """The entry of the set, and per case why the reader would have said nothing."""
    plan, scored, counts = case.plan, case.scored, case.cases.counts()
    evaluable = plan.task == "multilabel" or len(np.unique(scored.labels)) > 1
    entry = set_evidence(
        scored, plan, case.manifest, case.baseline if evaluable else None,
        patients_known=case.cases.patients_known, excluded=counts, subgroups=asked.subgroups,
    )  # fmt: skip
    reasons = abstained(case.study, scored, case.manifest, case.cases.sketch)
    entry["within_envelope"] = within_envelope(
        scored, reasons, plan, case.manifest, clusters=case.clusters, excluded=counts
    )
    entry["leaks"] = leaks.as_json()
    entry["shift"] = _shift(case, entry, name, asked)
    entry["recalibrated"] = recalibrated(scored, plan, clusters=case.clusters)
    caution = entry["recalibrated"]["caution"]
    notes = [*case.cases.notes, *([caution] if caution else [])]
    entry["warnings"] = [*notes, *_no_comparison(case, evaluable, asked), *entry["warnings"]]
    return entry, reasons


def _no_comparison(case: _Case, evaluable: bool, asked: External) -> list[str]:
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


def _shift(case: _Case, entry: Mapping[str, Any], name: str, asked: External) -> dict[str, Any]:
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


def _predictive(case: _Case, development: Part, asked: External) -> list[dict[str, Any]]:
    plan = case.plan
    if plan.positive is None:
        return []
    column = plan.classes.index(plan.positive)
    shares = {"development": float(development.has(column).mean())}
    stated = read_prevalence(asked.options.get("prevalence"), plan.classes, plan.positive)
    if plan.positive in stated:
        shares["stated"] = stated[plan.positive]
    cases = read_case_set(
        labels=case.scored.labels, probabilities=case.scored.network, classes=list(plan.classes),
        task=plan.task, positive=plan.positive, clusters=case.clusters,
        operating_points=[dict(point) for point in case.manifest.operating_points],
    )  # fmt: skip
    return predictive_values_elsewhere(cases, shares, plan)


def _domain(case: _Case) -> dict[str, Any]:
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


def _source(case: _Case, name: str, on: Path, asked: External, sha256: str) -> dict[str, Any]:
    collection, match = case.cases.collection, case.cases.match
    return {
        "name": name.removeprefix(EXTERNAL),
        "data": on.resolve().name,
        "layout": collection.layout,
        "part": asked.part,
        "data_sha256": sha256,
        "reader_sha256": reader_hash(case.study),
        "model_sha256": case.manifest.onnx["sha256"],
        "n": len(case.scored.rows),
        "n_found": len(case.cases.rows),
        "patients_known": case.cases.patients_known,
        "classes": dict(match.known),
        "missing_classes": list(match.missing),
        "extra_classes": list(match.extra),
    }
