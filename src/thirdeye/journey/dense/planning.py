"""`plan` for data with masks: what they mark, who goes where, and how to learn it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from thirdeye.case.study import Study
from thirdeye.dataset.fields_file import write_fields_csv
from thirdeye.dataset.fingerprint import fingerprint
from thirdeye.dataset.machine import this_machine
from thirdeye.dataset.masks_file import MaskTable, write_masks_csv
from thirdeye.dataset.split import assign_folds, make_dataset
from thirdeye.intake.mask_pairs import pair_fields
from thirdeye.intake.mask_pass import facts_of_masks
from thirdeye.intake.structures import structures_of, with_presence, without_damaged
from thirdeye.intake.workers import usable_threads
from thirdeye.journey.dense.facts import dense_facts
from thirdeye.journey.dense.material import FIELDS_FILE, MASKS_FILE, STRUCTURES_FILE, write_structures
from thirdeye.journey.dense.told_besides import dealt, told_besides, why_left_alone
from thirdeye.journey.located.task import LocatedPlan
from thirdeye.journey.results import Checked
from thirdeye.plan.dense.make import make_dense_plan
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.training.machine import prepare_process

ALONGSIDE = 0.85  # of the speed of one core that each core adds where several compute together


def plan_dense(
    checked: Checked, *, budget_s: float, seed: int, overrides: Mapping[str, Any] | None
) -> LocatedPlan:
    """Split the data, look at the development part, and apply the rules.

    Args:
        checked: data with masks.
        budget_s: seconds that the run may take.
        seed: of everything random.
        overrides: field of the plan to the value it should have.

    Raises:
        DataRefused: nothing is marked, or images and volumes are mixed.
        UsageError: an override does not fit.
    """
    measured = facts_of_masks(checked.collection)
    collection = without_damaged(checked.collection, measured)
    structures = structures_of(collection, measured)
    collection = with_presence(collection, structures, measured)
    masks = MaskTable(collection.masks, structures)
    fields = pair_fields(collection.rows["image"], collection.leftovers.get("field_of_view", ()))
    label = told_besides(checked.collection, collection)
    dataset = dealt(collection, label, lambda one: make_dataset(one, checked.examination, seed=seed, folds=0))
    found = fingerprint(dataset, images=checked.examination.facts, machine=this_machine())
    facts = dense_facts(
        dataset, masks, checked.examination.facts, has_bf16=found.machine.bf16, voxels_per_s=1.0,
        budget_s=budget_s, seed=seed,
    )  # fmt: skip
    facts = replace(facts, label_left_alone=why_left_alone(checked.collection, collection))
    if label is not None:
        facts = replace(facts, label_classes=label.classes, label_positive=label.positive or "")
    speed = _speed(make_dense_plan(facts, overrides))
    decided = make_dense_plan(replace(facts, voxels_per_s=speed), overrides)
    if decided.validation == "cross_fitted":
        dataset = dealt(dataset, label, lambda one: assign_folds(one, decided.folds, seed))
    return LocatedPlan(dataset, found, decided, speed, lambda study: _write_masks(study, masks, fields))


def _write_masks(study: Study, masks: MaskTable, fields: Mapping[str, str]) -> list[str]:
    """Write what the masks are, beside the files of every plan; the names of the files."""
    with study.writing(MASKS_FILE) as path:
        write_masks_csv(path, masks)
    write_structures(study, masks.structures)
    if not fields:
        study.path(FIELDS_FILE).unlink(missing_ok=True)  # of an earlier plan
        return [MASKS_FILE, STRUCTURES_FILE]
    with study.writing(FIELDS_FILE) as path:
        write_fields_csv(path, fields)
    return [MASKS_FILE, STRUCTURES_FILE, FIELDS_FILE]


def _speed(plan: DensePlan) -> float:
    """Voxels a second of the network that the plan asks for, to two digits, so that noise moves no plan."""
    prepare_process()
    from thirdeye.model.build_dense import build_dense
    from thirdeye.training.dense.recipe import shape_of
    from thirdeye.training.dense.velocity import voxels_per_s
    from thirdeye.training.machine import use_threads

    use_threads(1)  # several threads would wait for each other on a busy machine
    network, _ = build_dense(plan.architecture, shape_of(plan), supervised=plan.supervised, pretrained=False)
    speed = voxels_per_s(
        network, plan.learnt, plan.batch_size, channels=plan.inputs, bf16=plan.precision == "bf16",
        margin=plan.margin,
    )  # fmt: skip
    return float(f"{speed * max(1.0, ALONGSIDE * usable_threads()):.2g}")
