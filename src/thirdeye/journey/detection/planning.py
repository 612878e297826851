"""`plan` for data with boxes: who goes where, and how to learn to find things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.fingerprint import fingerprint
from thirdeye.dataset.machine import this_machine
from thirdeye.dataset.regions_file import RegionTable, write_regions_csv
from thirdeye.dataset.split import assign_folds, make_dataset
from thirdeye.errors import DataRefused
from thirdeye.intake.collection import Collection
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.detection.facts import detection_facts
from thirdeye.journey.detection.from_masks import needs_masks, with_boxes_of_masks, with_presence
from thirdeye.journey.detection.material import REGIONS_FILE
from thirdeye.journey.detection.sliding_facts import sliding_facts
from thirdeye.journey.located.task import LocatedPlan
from thirdeye.journey.results import Checked
from thirdeye.plan.detection.make import make_detection_plan
from thirdeye.training.machine import prepare_process
from thirdeye.transform.sliding.view import painting_steps


def plan_detection(
    checked: Checked, *, budget_s: float, seed: int, overrides: Mapping[str, Any] | None
) -> LocatedPlan:
    """Split the data, look at the development part, and apply the rules.

    Args:
        checked: data with boxes.
        budget_s: seconds that the run may take.
        seed: of everything random.
        overrides: field of the plan to the value it should have.

    Raises:
        DataRefused: no image has a box that can be learnt from.
        UsageError: an override does not fit.
    """
    collection = checked.collection
    if needs_masks(collection):
        collection = with_boxes_of_masks(collection, checked.examination.facts)
    table = boxes_of(collection)
    if (collection.rows["label"] == "").all():
        collection = replace(collection, rows=with_presence(collection.rows, table))
    dataset = make_dataset(collection, checked.examination, seed=seed, folds=0)
    found = fingerprint(dataset, images=checked.examination.facts, machine=this_machine())
    speed = _speed()
    facts = detection_facts(
        dataset, table, checked.examination.facts, pixels_per_s=speed, budget_s=budget_s, seed=seed
    )
    facts = replace(
        facts,
        sliding=sliding_facts(
            dataset, table, checked.examination.facts, has_bf16=found.machine.bf16,
            patches_per_s=lambda channels: _patches(channels, bf16=found.machine.bf16),
        ),
    )  # fmt: skip
    decided = make_detection_plan(facts, overrides)
    painting_steps(decided.preparation)
    if decided.validation == "cross_fitted":
        dataset = assign_folds(dataset, decided.folds, seed)
    return LocatedPlan(dataset, found, decided, speed, lambda study: _write(study, table))


def boxes_of(collection: Collection) -> RegionTable:
    """The boxes of a collection's images, as found.

    Raises:
        DataRefused: there is none.
    """
    rows = collection.regions
    rows = rows[(rows["kind"] == "box") & rows["image"].isin(collection.rows["image"])].reset_index(drop=True)
    if rows.empty:
        raise DataRefused("no box belongs to an image that is there; check the names of the images")
    return RegionTable(rows, collection.classes)


def _write(study: Study, table: RegionTable) -> list[str]:
    """Write the boxes beside the files of every plan; the names of the files."""
    with study.writing(REGIONS_FILE) as path:
        write_regions_csv(path, table)
    return [REGIONS_FILE]


def _speed() -> float:
    """Pixels a second, to two digits, so that noise moves no plan."""
    prepare_process()
    from thirdeye.training.detection.velocity import pixels_per_s

    return float(f"{pixels_per_s():.2g}")


def _patches(channels: int, *, bf16: bool) -> float:
    """Patches a second that a sliding classifier learns from, to two digits."""
    from thirdeye.training.machine import use_threads
    from thirdeye.training.sliding.velocity import patches_per_s

    use_threads(usable_threads())
    return float(f"{patches_per_s(channels, bf16=bf16):.2g}")
