"""A system run from data to report; goes on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.dataset.files import write_dataset_csv
from thirdeye.dataset.machine import this_machine
from thirdeye.errors import StudyMismatch
from thirdeye.intake.class_counts import count_classes, count_images
from thirdeye.journey.checking import FINDINGS_FILE, FINDINGS_VERSION
from thirdeye.journey.duration import seconds
from thirdeye.journey.evaluated import EVALUATION_FILE
from thirdeye.journey.ledger import Ledger, key_of, relative_place
from thirdeye.journey.material import DATASET_FILE, FINGERPRINT_FILE, PLAN_FILE
from thirdeye.journey.options import DataOptions
from thirdeye.journey.origin import write_origin
from thirdeye.journey.published import Published
from thirdeye.journey.reporting import REPORT_FILES, report, report_key
from thirdeye.journey.results import Validated
from thirdeye.journey.shaped.learning import MODEL_FILE, learn
from thirdeye.journey.shaped.measuring import measure
from thirdeye.journey.shaped.opening import Prepared, prepare
from thirdeye.recipes.recipe import Recipe
from thirdeye.training.event import Event, Listener, silent
from thirdeye.training.machine import prepare_process

PLAN, TRAIN, VALIDATE = "plan", "train", "validate"


def run_system(
    recipe: Recipe,
    data: Path,
    out: Path,
    *,
    budget: str | float = "10m",
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    fixture: bool = False,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Validated:
    """Open, learn, measure once and report; arguments as of `thirdeye.journey.running.run`.

    Raises:
        UsageError: a value or option does not fit.
        DataRefused: these are not the system's data.
        StudyMismatch: the folder holds a study of other data or values, or files of it were edited.
    """
    started = time.monotonic()
    prepare_process()
    place = Study(out)
    tell(Event("stage", "Data"))
    ready = prepare(
        recipe, data, switches=flaws, lighter=lighter, overrides=overrides or {}, options=dict(options),
        seed=seed, budget_s=seconds(budget),
    )  # fmt: skip
    for sentence in ready.cases.understood:
        tell(Event("note", sentence))
    with place.lock(make=True):
        origin = Published(recipe, tuple(flaws), lighter)
        _write_plan(place, ready, data, started, lambda: write_origin(place, origin, fixture=fixture))
        ledger = Ledger(place)
        key = key_of(place.sha256(DATASET_FILE), place.sha256(PLAN_FILE))
        if not ledger.finished(TRAIN, key):
            tell(Event("stage", "Training"))
            with ledger.stage(TRAIN, key) as outputs:
                outputs += learn(place, ready, started=started, tell=tell)
        key = key_of(place.sha256(DATASET_FILE), place.sha256(MODEL_FILE))
        if not Ledger(place).finished(VALIDATE, key):
            tell(Event("stage", "Validation on the test part"))
            _measure(place, ready, key, tell)
        if Ledger(place).key("report") != report_key(place) or not place.has(*REPORT_FILES):
            report(out, tell=tell)
    tell(Event("stage", "Done"))
    return Validated(out, place.read_json(EVALUATION_FILE))


def _measure(place: Study, ready: Prepared, key: str, tell: Listener) -> None:
    ledger = Ledger(place)
    ledger.forget(VALIDATE)
    began = time.monotonic()
    files = measure(place, ready, tell=tell)
    with Ledger(place).stage(VALIDATE, key, started=began) as outputs:  # with the look that was counted
        outputs += files


def _write_plan(
    place: Study, ready: Prepared, data: Path, started: float, also: Callable[[], list[str]]
) -> None:
    """Write what the next stages start from, with the files of `also`.

    Raises:
        StudyMismatch: the folder holds another study.
    """
    ledger, plan = Ledger(place), ready.plan
    rows = ready.dataset.rows[["image", "case", "patient", "label", "split", "fold"]]
    key = key_of(data.resolve().name, plan.values(), rows.to_numpy().tolist())
    if ledger.content["stages"] and ledger.key(PLAN) != key:
        raise StudyMismatch(
            f"the study folder '{place.folder.name}' holds a run with other data or values; choose another "
            "folder with --out, or delete this one"
        )
    if ledger.finished(PLAN, key):
        return
    ledger.set(started=datetime.now(UTC).isoformat(timespec="seconds"), seed=plan.seed)
    with ledger.stage(PLAN, key, started=started) as outputs:
        place.write_json(FINDINGS_FILE, _findings(ready))
        with place.writing(DATASET_FILE) as path:
            write_dataset_csv(path, ready.dataset)
        place.write_json(FINGERPRINT_FILE, _fingerprint(ready))
        place.write_json(PLAN_FILE, plan.as_json() | {"system": plan.system})
        outputs += [FINDINGS_FILE, DATASET_FILE, FINGERPRINT_FILE, PLAN_FILE, *also()]
    where = {"name": data.resolve().name, "place": relative_place(data, place.folder)}
    ledger.set(data=where, inputs={DATASET_FILE: place.sha256(DATASET_FILE)})
    ledger.write()


def _findings(ready: Prepared) -> dict[str, Any]:
    return {
        "version": FINDINGS_VERSION,
        "layout": ready.recipe.id,
        "understood": list(ready.cases.understood),
        "checks": [],
        "findings": [],
    }


def _fingerprint(ready: Prepared) -> dict[str, Any]:
    """Facts of the cases; a system has no pictures of one kind whose sizes could be told."""
    dataset = ready.dataset
    rows = dataset.rows[dataset.rows["split"] != "excluded"]
    parts = [part for part in ("train", "validation", "test") if (rows["split"] == part).any()]
    return {
        "version": 1,
        "system": ready.recipe.id,
        "task": dataset.task,
        "classes": list(dataset.classes),
        "positive": dataset.positive,
        "group": dataset.group,
        "split_origin": dataset.split_origin,
        "images": len(rows),
        "cases": int(rows["case"].nunique()),
        "patients": int(rows["patient"].nunique()),
        "excluded": len(dataset.rows) - len(rows),
        "splits": {part: int((rows["split"] == part).sum()) for part in parts},
        "class_counts": {
            "all": count_images(rows, dataset.classes),
            **{part: count_images(rows[rows["split"] == part], dataset.classes) for part in parts},
        },
        "class_patients": count_classes(rows, dataset.classes),
        "machine": vars(this_machine()),
    }
