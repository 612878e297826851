"""`train` for a detection."""

from __future__ import annotations

import time

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.detection.fitting import fit_members, write_detector
from thirdeye.journey.detection.held_out import save_held_out
from thirdeye.journey.detection.material import gather_detection, read_boxes, read_detection_plan
from thirdeye.journey.detection.points import write_points
from thirdeye.journey.detection.sliding import train_sliding
from thirdeye.journey.located.told_rounds import write_rounds
from thirdeye.journey.material import VALIDATION_FILE, member_splits
from thirdeye.plan.detection.rules import RESERVED_SHARE
from thirdeye.training.event import Event, Listener


def train_detection(
    study: Study, dataset: Dataset, *, identity: str, started: float, tell: Listener
) -> list[str]:
    """Train, choose and write the reader of a planned detection; the names of the files.

    Args:
        study: with a plan.
        dataset: of the study.
        identity: hash of plan and dataset.
        started: `time.monotonic()` of the run.
        tell: hears how it goes.
    """
    plan = read_detection_plan(study)
    table = read_boxes(study, plan)
    if plan.technique == "sliding":
        found = train_sliding(study, dataset, table, plan, identity=identity, started=started, tell=tell)
        write_points(study, dataset, table, seed=plan.seed)
        return found
    material = gather_detection(
        study, dataset, table, plan,
        progress=lambda done, total: tell(Event("progress", "images prepared", done / total)),
    )  # fmt: skip
    for reason, number in material.left_out.items():
        tell(Event("note", f"left out: {reason} ({number:,})"))
    fitted = fit_members(
        material, member_splits(material.rows, plan), plan, folder=study.path("runs"), identity=identity,
        deadline=max(started + (1 - RESERVED_SHARE) * plan.budget_s, time.monotonic() + 5.0),
        threads=usable_threads(), tell=tell,
    )  # fmt: skip
    tell(Event("stage", "Export"))
    files = write_detector(study, fitted, plan)
    write_rounds(study, [one.history for one in fitted.members], plan, tell)
    save_held_out(study, fitted.held_out)
    write_points(study, dataset, table, seed=plan.seed)
    return [VALIDATION_FILE, *files]
