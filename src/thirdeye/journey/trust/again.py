"""A finished study's reader and development cases, as they were when training ended."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from thirdeye.case.study import Study
from thirdeye.inference.manifest import read_manifest
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.located.refuse import refuse_located
from thirdeye.journey.material import (
    VALIDATION_FILE,
    gather,
    member_splits,
    read_plan,
    read_study_dataset,
)
from thirdeye.journey.training import training_key
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.training.event import Listener


def held_out_again(place: Study, *, data: Path | None, verb: str, why: str, tell: Listener) -> HeldOut:
    """What the steps of `thirdeye.journey.trust.steps` were given when the study was trained.

    Args:
        place: a trained study.
        data: where the images lie; None: where they lay when it was planned.
        verb, why: what is refused, and in which words, for a reader that says where something is.
        tell: hears how it goes.

    Raises:
        UsageError: the reader says where something is.
        StudyMismatch: the study is not trained, or one of its files was edited.
    """
    refuse_located(place, verb, why)
    ledger = Ledger(place)
    ledger.verify("plan")
    ledger.verify("train", training_key(place))
    plan, manifest = read_plan(place), read_manifest(place)
    dataset = read_study_dataset(place, data)
    material = gather(place, dataset, plan, "train", "validation")
    splits = member_splits(material.rows, plan)
    with np.load(place.path(VALIDATION_FILE), allow_pickle=False) as saved:
        rows, logits, probabilities = saved["rows"], saved["logits"], saved["probabilities"]
    held_out = np.zeros((len(material.rows), len(manifest.members)), bool)
    for column, member in enumerate(manifest.members):
        held_out[splits[max(int(member["fold"]), 0)][1], column] = True
    return HeldOut(
        place, manifest, dataset, material, plan, splits, rows, logits, probabilities, held_out,
        usable_cores(), tell,
    )  # fmt: skip
