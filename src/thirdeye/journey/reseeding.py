"""The whole training again with another seed: a study of its own inside the study, on the same test part."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.files import write_dataset_csv
from thirdeye.dataset.split import assign_folds
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.document import evaluation_document
from thirdeye.inference.manifest import read_manifest
from thirdeye.journey.evaluated import EVALUATION_FILE, validation_key
from thirdeye.journey.evidence import set_evidence
from thirdeye.journey.ledger import Ledger, key_of, relative_place
from thirdeye.journey.material import (
    CACHE,
    DATASET_FILE,
    FINGERPRINT_FILE,
    PLAN_FILE,
    gather,
    read_plan,
    read_study_dataset,
)
from thirdeye.journey.scoring import score_material
from thirdeye.journey.training import train, training_key
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener

FOLDER = "runs/seeds"


def train_again(
    study: Study, dataset: Dataset, plan: Plan, seed: int, *, data: Path, tell: Listener
) -> Study:
    """Train with another seed and other folds, if that was not done; goes on where it was stopped.

    The parts stay; the folds are dealt anew, so that everything that chance decides in a training differs.

    Args:
        study: the finished study.
        dataset: of the study, with the place of its images.
        plan: of the study.
        seed: of the new training.
        data: where the images lie, as given.
        tell: hears how it goes.

    Returns:
        The study inside the study.
    """
    place = Study(study.path(f"{FOLDER}/{seed}"))
    _plan(study, place, dataset, replace(plan, seed=seed), data)
    if not Ledger(place).finished("train", training_key(place)):
        tell(Event("stage", f"Training with seed {seed}"))
        train(place.folder, data=data, started=time.monotonic(), tell=tell)
    return place


def measure_again(place: Study, data: Path) -> dict[str, Any]:
    """Measure a training of `train_again` on the test part, once; the look is the caller's to count before.

    Args:
        place: the study inside the study.
        data: where the images lie, as given.

    Returns:
        The evidence, as in evaluation.json, of the network alone.
    """
    ledger, key = Ledger(place), validation_key(place)
    if not ledger.finished("validate", key):
        with ledger.stage("validate", key) as outputs:
            place.write_json(EVALUATION_FILE, _measured(place, data))
            outputs.append(EVALUATION_FILE)
    for finished in (CACHE, "runs/members"):  # large, and of use to an unfinished training only
        shutil.rmtree(place.path(finished), ignore_errors=True)
    evidence: dict[str, Any] = place.read_json(EVALUATION_FILE)
    return evidence


def _plan(study: Study, place: Study, dataset: Dataset, plan: Plan, data: Path) -> None:
    """Write what a training starts from, unless it is there."""
    ledger = Ledger(place)
    key = key_of(study.sha256(DATASET_FILE), plan.values())
    if ledger.finished("plan", key):
        return
    dealt = assign_folds(dataset, plan.folds, plan.seed) if plan.validation == "cross_fitted" else dataset
    with ledger.stage("plan", key) as outputs:
        with place.writing(DATASET_FILE) as path:
            write_dataset_csv(path, dealt)
        place.write_json(FINGERPRINT_FILE, study.read_json(FINGERPRINT_FILE))
        place.write_json(PLAN_FILE, plan.as_json())
        outputs += [DATASET_FILE, FINGERPRINT_FILE]
    facts = Ledger(study).content.get("data", {})
    ledger.set(seed=plan.seed, data=facts | {"place": relative_place(data, place.folder)})
    ledger.write()


def _measured(place: Study, data: Path) -> dict[str, Any]:
    plan, manifest, dataset = read_plan(place), read_manifest(place), read_study_dataset(place, data)
    scored = score_material(place, gather(place, dataset, plan, "test"), manifest, None)
    entry = set_evidence(scored, plan, manifest, None, patients_known=dataset.group != "image", excluded={})
    return evaluation_document(
        task=plan.task, positive=plan.positive, unit="image", classes=plan.classes, sets={"test": entry}
    )
