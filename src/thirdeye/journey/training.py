"""`train`: from a plan to a calibrated reader that needs no torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import MissingExtra
from thirdeye.inference.validated import VALIDATED_FILE
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.identity import annotation_hashes
from thirdeye.journey.ledger import Ledger, key_of
from thirdeye.journey.located.envelope import draw_located_envelope
from thirdeye.journey.located.tasks import LOCATED, located_task
from thirdeye.journey.material import (
    PLAN_FILE,
    STAGES_FILE,
    VALIDATION_FILE,
    gather,
    member_splits,
    read_plan,
    read_study_dataset,
    task_of,
)
from thirdeye.journey.results import TrainedStudy
from thirdeye.journey.shaped.refuse import refuse_system_study
from thirdeye.training.event import Event, Listener, silent
from thirdeye.training.machine import prepare_process

BUDGET_FOR_TRAINING = 0.85


def train(
    study: str | Path,
    *,
    data: str | Path | None = None,
    started: float | None = None,
    tell: Listener = silent,
) -> TrainedStudy:
    """Train the reader of a planned study; goes on where an earlier call was stopped.

    Args:
        study: folder with ``dataset.csv`` and ``plan.json`` (which may have been edited by hand).
        data: where the images lie; None: where they lay when the study was planned.
        started: `time.monotonic()` at which the run began, for the time budget; None: now.
        tell: hears how it goes.

    Raises:
        MissingExtra: torch is not installed.
        UsageError: the study is of a system that is run as a whole.
        StudyMismatch: the study has no plan, or its dataset was edited.
    """
    place = Study(Path(study))
    refuse_system_study(place, "train")
    started = time.monotonic() if started is None else started
    prepare_process()
    _need_torch()
    from thirdeye.journey.fitting import fit_reader

    ledger = Ledger(place)
    ledger.verify("plan")
    key = training_key(place)
    if task_of(place) in LOCATED:
        return _train_located(place, data, key, started, tell)
    plan = read_plan(place)
    ledger.forget("explain")  # its verdict goes into the model.json that is written here
    with ledger.stage("train", key) as outputs:
        tell(Event("stage", "Images"))
        dataset = read_study_dataset(place, None if data is None else Path(data))
        material = gather(place, dataset, plan, "train", "validation", progress=_images(tell))
        before = _model_files(place)
        stages = fit_reader(
            place,
            dataset,
            material,
            member_splits(material.rows, plan),
            plan,
            identity=key,
            started=started,
            deadline=started + BUDGET_FOR_TRAINING * plan.budget_s,
            threads=usable_cores(),
            tell=tell,
        )
        for path in _left_over(before, _model_files(place)):
            path.unlink()
        outputs += [STAGES_FILE, VALIDATION_FILE]
        outputs += sorted(f"model/{path.name}" for path in _model_files(place))
    return TrainedStudy(place.folder, stages)


def _model_files(study: Study) -> dict[Path, int]:
    """Files of the model folder that training writes, and when each was written in nanoseconds."""
    folder = study.path("model")
    found = folder.iterdir() if folder.is_dir() else ()
    later = study.path(VALIDATED_FILE)  # `validate` writes and enters it
    return {path: path.stat().st_mtime_ns for path in found if path != later and path.name[0] != "."}


def _left_over(before: dict[Path, int], after: dict[Path, int]) -> list[Path]:
    """What an earlier reader left: it is not about this one."""
    return [path for path, changed_ns in before.items() if after.get(path) == changed_ns]


def _train_located(
    place: Study, data: str | Path | None, key: str, started: float, tell: Listener
) -> TrainedStudy:
    with Ledger(place).stage("train", key) as outputs:
        dataset = read_study_dataset(place, None if data is None else Path(data))
        outputs += located_task(task_of(place)).train(
            place, dataset, identity=key, started=started, tell=tell
        )
        outputs += draw_located_envelope(place, dataset)
    return TrainedStudy(place.folder, ())


def training_key(study: Study) -> str:
    """What a training depends on: the dataset, the plan, and what is marked where, as they stand."""
    return key_of(study.sha256("dataset.csv"), study.sha256(PLAN_FILE), *annotation_hashes(study))


def _images(tell: Listener) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        tell(Event("progress", "images prepared", done / total))

    return progress


def _need_torch() -> None:
    from importlib.util import find_spec

    for module in ("torch", "torchvision", "safetensors", "cv2", "onnx"):
        if find_spec(module) is None:
            raise MissingExtra("training", "train")
