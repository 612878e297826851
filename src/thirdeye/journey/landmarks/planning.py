"""`plan` for data with landmarks: who goes where, and how to learn them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.fingerprint import fingerprint
from thirdeye.dataset.machine import this_machine
from thirdeye.dataset.regions_file import RegionTable, write_regions_csv
from thirdeye.dataset.split import assign_folds, make_dataset
from thirdeye.errors import DataRefused
from thirdeye.evaluation.measurement_definitions import Definition, definitions_as_json
from thirdeye.intake.collection import Collection
from thirdeye.intake.measurements import MEASUREMENTS_FILE
from thirdeye.journey.landmarks.facts import landmark_facts
from thirdeye.journey.landmarks.material import REGIONS_FILE
from thirdeye.journey.located.task import LocatedPlan
from thirdeye.journey.results import Checked
from thirdeye.plan.landmarks.make import make_landmark_plan
from thirdeye.training.machine import prepare_process


def plan_landmarks(
    checked: Checked, *, budget_s: float, seed: int, overrides: Mapping[str, Any] | None
) -> LocatedPlan:
    """Split the data, look at the development part, and apply the rules.

    Args:
        checked: data with points.
        budget_s: seconds that the run may take.
        seed: of everything random.
        overrides: field of the plan to the value it should have.

    Raises:
        DataRefused: too few images have a landmark.
        UsageError: an override does not fit.
    """
    table = landmarks_of(checked.collection)
    dataset = make_dataset(checked.collection, checked.examination, seed=seed, folds=0)
    found = fingerprint(dataset, images=checked.examination.facts, machine=this_machine())
    speed = _speed()
    facts = landmark_facts(
        dataset, table, checked.examination.facts, pixels_per_s=speed, budget_s=budget_s, seed=seed
    )
    decided = make_landmark_plan(facts, overrides)
    if decided.validation == "cross_fitted":
        dataset = assign_folds(dataset, decided.folds, seed)
    measured = checked.collection.measurements
    return LocatedPlan(dataset, found, decided, speed, lambda study: _write(study, table, measured))


def landmarks_of(collection: Collection) -> RegionTable:
    """The points of a collection: those of its images with a place that is a number, names in their order.

    Raises:
        DataRefused: there is none.
    """
    rows = collection.regions
    rows = rows[(rows["kind"] == "point") & rows["image"].isin(collection.rows["image"])]
    rows = rows[rows[["x_min", "y_min"]].notna().all(axis=1)].reset_index(drop=True)
    if rows.empty:
        raise DataRefused("no landmark lies in an image that is there; check names and coordinates")
    return RegionTable(rows, tuple(dict.fromkeys(str(name) for name in rows["name"])))


def _write(study: Study, table: RegionTable, measured: Sequence[Definition]) -> list[str]:
    """Write the points and what is measured beside the files of every plan; the names of the files."""
    with study.writing(REGIONS_FILE) as path:
        write_regions_csv(path, table)
    study.write_json(MEASUREMENTS_FILE, definitions_as_json(measured))
    return [REGIONS_FILE, MEASUREMENTS_FILE]


def _speed() -> float:
    """Pixels of a canvas a second, to two digits, so that noise moves no plan."""
    prepare_process()
    from thirdeye.training.landmarks.velocity import pixels_per_s

    return float(f"{pixels_per_s():.2g}")
