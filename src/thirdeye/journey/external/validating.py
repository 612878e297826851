"""External validation, end to end: from DATA to an entry "external:NAME" of evaluation.json and its files."""

from __future__ import annotations

import time
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.inference.manifest import read_manifest
from thirdeye.intake.words import counted
from thirdeye.journey.evaluated import EVALUATION_FILE, EXTERNAL, validation_key
from thirdeye.journey.external.asked import (
    External,
    refuse_options,
    refuse_place,
    refuse_taken,
    set_name,
    stated_prevalence,
)
from thirdeye.journey.external.cases import open_external, refuse_nothing_left
from thirdeye.journey.external.files import excluded_csv, external_predictions_csv
from thirdeye.journey.external.leaks import find_leaks
from thirdeye.journey.external.measuring import entry_of, read_cases, source_of
from thirdeye.journey.external.own import own_side
from thirdeye.journey.external.recalibrating import recalibration_file
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.looks import Looks
from thirdeye.journey.material import read_plan
from thirdeye.journey.results import Validated
from thirdeye.journey.training import training_key
from thirdeye.journey.validated.keeping import keep_validated
from thirdeye.training.event import Event, Listener


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
    started, study = time.monotonic(), Study(folder)
    refuse_place(folder, on)
    ledger = Ledger(study)
    ledger.verify("plan")
    ledger.verify("train", training_key(study))
    ledger.verify("validate", validation_key(study))
    plan, manifest = read_plan(study), read_manifest(study)
    refuse_options(asked.options, plan)
    stated_prevalence(plan, asked)  # refused before anything is read
    name = EXTERNAL + set_name(on.resolve().name if asked.name is None else asked.name)
    tell(Event("stage", "External data"))
    cases = open_external(on, plan, mapping=asked.mapping, part=asked.part, options=asked.options, tell=tell)
    refuse_nothing_left(cases)
    sha256, looks = cases.sha256(), Looks(study, ledger)
    looks.refuse_without_reason(name, sha256, reason)
    refuse_taken(study, name, sha256)
    tell(Event("stage", "Leaks"))
    own = own_side(study, data, tell)
    leaks = find_leaks(cases, own.sketch, own.rows, same_patients=asked.same_patients, seed=plan.seed)
    for sentence in leaks.notes:
        tell(Event("note", sentence))
    cases = cases.without(leaks.reasons, *leaks.notes)
    refuse_nothing_left(cases)
    tell(Event("stage", f"Validation on {counted(len(cases.kept), 'external image')}"))
    case = read_cases(study, plan, manifest, own, cases, asked, sha256, tell)
    with ledger.stage(name, "", started=started) as outputs:
        entry, abstentions = entry_of(case, name, leaks, asked)
        entry["source"] = source_of(case, name, on, asked, sha256)
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
    keep_validated(study)
    return Validated(study.folder, evidence, name)
