"""External validation, end to end: from DATA to an entry "external:NAME" of evaluation.json and its files."""

from __future__ import annotations

import time
from pathlib import Path

from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.external.asked import External, refuse_options, stated_prevalence
from thirdeye.journey.external.by_case import join_whole_cases
from thirdeye.journey.external.cases import open_external
from thirdeye.journey.external.files import external_predictions_csv
from thirdeye.journey.external.frame import Frame, name_of, verified
from thirdeye.journey.external.measuring import entry_of, read_cases
from thirdeye.journey.external.recalibrating import recalibration_file
from thirdeye.journey.material import read_plan
from thirdeye.journey.results import Validated
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
    started = time.monotonic()
    study, ledger = verified(folder, on)
    plan, manifest = read_plan(study), read_manifest(study)
    refuse_options(asked.options, plan)
    stated_prevalence(plan, asked)  # refused before anything is read
    frame = Frame(
        study, ledger, name_of(on, asked), on, asked, manifest.onnx["sha256"], started, reason, tell
    )  # fmt: skip
    tell(Event("stage", "External data"))
    cases = open_external(on, plan, mapping=asked.mapping, part=asked.part, options=asked.options, tell=tell)
    cleared = frame.clear(cases, data, seed=plan.seed)
    case = read_cases(study, plan, manifest, cleared.own, cleared.cases, asked, cleared.sha256, tell)
    with frame.stage() as outputs:
        entry, abstentions = entry_of(case, frame.name, cleared.leaks, asked)
        decided = join_whole_cases(case, entry, frame.name, abstentions)
        entry["source"] = frame.source(cleared)
        last = None if decided is None else (decided.rows, decided.probabilities)
        predictions = external_predictions_csv(plan, frame.name, case.scored, abstentions, last)
        offer = recalibration_file(
            entry["recalibrated"], plan, entry["source"], manifest.calibration.as_json()
        )
        entry["looks"] = frame.counted_look(cleared.sha256)
        outputs += frame.write_tables(predictions, cleared)
        study.write_json(f"{frame.place}/recalibration.json", offer)
        outputs.append(f"{frame.place}/recalibration.json")
    return frame.keep(frame.evidence_with(entry))
