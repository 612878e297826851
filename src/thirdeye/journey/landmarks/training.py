"""`train` for landmarks."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.inference.landmarks.points import Points
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.landmarks.fitting import fit_finder, write_finder
from thirdeye.journey.landmarks.material import gather_landmarks, read_landmark_plan, read_landmarks
from thirdeye.journey.located.told_rounds import write_rounds
from thirdeye.journey.material import VALIDATION_FILE, member_splits, save_arrays
from thirdeye.plan.landmarks.rules import RESERVED_SHARE
from thirdeye.training.event import Event, Listener


def train_landmarks(
    study: Study, dataset: Dataset, *, identity: str, started: float, tell: Listener
) -> list[str]:
    """Train, choose and write the reader of a planned study with landmarks; the names of the files.

    Args:
        study: with a plan.
        dataset: of the study.
        identity: hash of plan and dataset.
        started: `time.monotonic()` of the run.
        tell: hears how it goes.
    """
    plan = read_landmark_plan(study)
    material = gather_landmarks(
        study, dataset, read_landmarks(study, plan), plan, "train", "validation",
        progress=lambda done, total: tell(Event("progress", "images prepared", done / total)),
    )  # fmt: skip
    fitted = fit_finder(
        material, member_splits(material.rows, plan), plan, folder=study.path("runs"), identity=identity,
        deadline=max(started + (1 - RESERVED_SHARE) * plan.budget_s, time.monotonic() + 5.0),
        threads=usable_threads(), tell=tell,
    )  # fmt: skip
    tell(Event("stage", "Export"))
    files = write_finder(study, fitted, plan)
    write_rounds(study, fitted.history, plan, tell)
    _save_held_out(study, fitted.held_out)
    return [VALIDATION_FILE, *files]


def held_out_points(study: Study) -> dict[int, Points]:
    """Points of the validation images by position in the rows that training used (`rows_with_points`)."""
    with np.load(study.path(VALIDATION_FILE), allow_pickle=False) as saved:
        rows = sorted(int(name.removeprefix("points_")) for name in saved.files if name.startswith("points_"))
        return {row: Points(saved[f"points_{row}"], saved[f"certainty_{row}"]) for row in rows}


def _save_held_out(study: Study, found: Mapping[int, Points]) -> None:
    arrays = {f"points_{row}": points.xy for row, points in found.items()}
    arrays |= {f"certainty_{row}": points.certainty for row, points in found.items()}
    save_arrays(study, VALIDATION_FILE, arrays)
