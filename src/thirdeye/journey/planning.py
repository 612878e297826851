"""`plan`: decide how to train, before anything is trained."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from thirdeye.case.study import Study
from thirdeye.dataset.files import write_dataset_csv
from thirdeye.dataset.fingerprint import Fingerprint, fingerprint
from thirdeye.dataset.machine import this_machine
from thirdeye.dataset.split import assign_folds, make_dataset, thin_parts
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused, UsageError
from thirdeye.inference.calibration import METHODS
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.examine import refuse_if_blocked
from thirdeye.intake.unpack import opened
from thirdeye.journey.checking import FINDINGS_FILE, findings_json, put_on_trial
from thirdeye.journey.duration import seconds
from thirdeye.journey.feature_sets.names import learnt_for_sets
from thirdeye.journey.fusion.planning import refuse_unfit_cases, with_cases
from thirdeye.journey.identity import files_key, labels_key, marks_key, masks_key
from thirdeye.journey.learning_classes import learnt_classes
from thirdeye.journey.ledger import Ledger, key_of, relative_place
from thirdeye.journey.located.tasks import LOCATED, located_task
from thirdeye.journey.material import DATASET_FILE, FINGERPRINT_FILE, PLAN_FILE
from thirdeye.journey.options import DataOptions
from thirdeye.journey.origin import write_origin
from thirdeye.journey.published import Published, as_published, named, with_published
from thirdeye.journey.results import Checked, Planned
from thirdeye.journey.spectrum import without_unlearnt
from thirdeye.journey.tie_break import refuse_unfit_tie_break
from thirdeye.plan.lineup import entries
from thirdeye.plan.make import make_plan
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts
from thirdeye.training.event import Event, Listener, silent
from thirdeye.training.machine import prepare_process
from thirdeye.transform.augment import Augmenter
from thirdeye.transform.views import VIEWS


def plan(
    data: str | Path,
    *,
    out: str | Path | None = None,
    budget: str | float = "10m",
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    recipe: str | None = None,
    flaws: Sequence[str] = (),
    lighter: bool = False,
    fixture: bool = False,
    tell: Listener = silent,
    **options: Unpack[DataOptions],
) -> Planned:
    """Check a dataset, split it, measure this machine, and apply the rules.

    Args:
        data: folder, table or archive.
        out: study folder for ``findings.json``, ``dataset.csv``, ``fingerprint.json`` and ``plan.json``; None
            writes nothing.
        budget: time that the run may take: "10m", "90s", or seconds.
        seed: of everything random.
        overrides: field of the plan to the value it should have.
        recipe: id of a published system; its values come before the rules', `overrides` before both.
        flaws: of that system, to be reproduced.
        lighter: with those values of the system with which a processor can bear it.
        fixture: whether the data are the fixture of that system, made here.
        tell: hears how it goes.
        options: see `DataOptions`.

    Raises:
        UsageError: an option or override does not fit.
        DataRefused: a finding forbids training; the message says which and what to do.
    """
    started = time.monotonic()
    budget_s, asked = seconds(budget), named(recipe, flaws, lighter=lighter)
    if asked is not None:
        asked.recipe.refuse_system()
    tell(Event("stage", "Check"))
    checked = put_on_trial(data, tell=tell, **options)
    if out is not None and checked.refused:
        _write_refusal(Study(Path(out)), checked)
    refuse_if_blocked(checked.examination.findings)
    _refuse_task(checked)
    tell(Event("stage", "Plan"))
    if checked.collection.task in LOCATED:
        return _plan_located(
            checked, Path(data), out, budget_s, seed, overrides, asked, started, tell, fixture=fixture
        )
    dataset = make_dataset(checked.collection, checked.examination, seed=seed, folds=0)
    leaves, wanted = dataset.classes, with_published(overrides, asked, dataset.classes)
    dataset, above = learnt_classes(dataset, wanted, Path(data))
    found = fingerprint(dataset, images=checked.examination.facts, machine=this_machine())
    facts = facts_for_rules(dataset, found, speed=_speed(), budget_s=budget_s, seed=seed)
    facts = with_cases(facts, dataset, Path(data))
    if above is not None:
        facts = replace(facts, taxonomy=above)
        wanted = {**wanted, "taxonomy": above} if wanted and "taxonomy" in wanted else wanted
    decided = make_plan(facts, wanted)
    decided = as_published(decided, overrides, asked, leaves)
    refuse_unknown_names(decided)
    refuse_unfit_cases(decided, dataset, tell)
    refuse_unfit_tie_break(decided, dataset.rows)
    dataset = without_unlearnt(dataset, decided)
    if decided.validation == "cross_fitted":
        dataset = assign_folds(dataset, decided.folds, seed)
    for sentence in thin_parts(dataset):
        tell(Event("note", sentence))
    planned = Planned(None if out is None else Path(out), dataset, found, decided)
    if out is not None:
        place = Study(Path(out))
        write_plan(
            place, Path(data), checked, planned, facts.images_per_s, started,
            also=lambda: write_origin(place, asked, fixture=fixture),
        )  # fmt: skip
    return planned


def _plan_located(
    checked: Checked, data: Path, out: str | Path | None, budget_s: float, seed: int,
    overrides: Mapping[str, Any] | None, recipe: Published | None, started: float, tell: Listener, *,
    fixture: bool,
) -> Planned:  # fmt: skip
    """The same for data with masks, boxes or points."""
    verbs, classes = located_task(checked.collection.task), tuple(checked.collection.classes)
    wanted = with_published(overrides, recipe, classes)
    found = verbs.plan(checked, budget_s=budget_s, seed=seed, overrides=wanted)
    decided = as_published(found.plan, overrides, recipe, classes)
    planned = Planned(None if out is None else Path(out), found.dataset, found.fingerprint, decided)
    if out is not None:
        place = Study(Path(out))
        write_plan(
            place, data, checked, planned, found.speed, started,
            also=lambda: [*found.write(place), *write_origin(place, recipe, fixture=fixture)],
        )  # fmt: skip
    return planned


def _refuse_task(checked: Checked) -> None:
    task, kinds = checked.collection.task, sorted(set(checked.examination.facts["kind"]) - {"image"})
    if task in LOCATED:
        return
    if task not in CLASSIFICATION:
        raise DataRefused(
            f"these data ask for {task}, which can be checked but not learnt here yet; to learn labels of "
            "whole images, give a table with a label column"
        )
    if kinds:
        raise DataRefused(f"these data are {kinds[0]}s, which can be checked but not learnt from here yet")


def refuse_unknown_names(plan: Plan) -> None:
    """Refuse names that no later room knows, before anything is written or trained.

    Raises:
        UsageError: an operation, a view, a calibration or an architecture does not exist.
        MissingExtra: the architecture needs a library that is not installed.
    """
    prepare_process()
    from thirdeye.model.build import check_architecture

    Augmenter(plan.augmentation)
    for name, known in (("test_time_augmentation", tuple(VIEWS)), ("calibration", METHODS)):
        unknown = [value for value in getattr(plan, name) if value not in known]
        if unknown or not getattr(plan, name):
            raise UsageError(f"{name} is made of {', '.join(known)}, got '{', '.join(unknown) or 'nothing'}'")
    for one in entries(plan):
        check_architecture(one.architecture, one.weights)
    for architecture in learnt_for_sets(plan):
        check_architecture(architecture, "none")
    if plan.first_layer != "random" and all(one.weights != "none" for one in entries(plan)):
        raise UsageError(
            f"first_layer={plan.first_layer} would throw away what pre-trained weights know; "
            "use weights=none, or first_layer=random"
        )


def facts_for_rules(
    dataset: Dataset, found: Fingerprint, *, speed: float, budget_s: float, seed: int
) -> Facts:
    """What the rules look at, from the fingerprint and the dataset."""
    development = dataset.part("train", "validation")
    counts = {part: class_counts(dataset, part) for part in ("train", "validation")}
    per_class = [
        development.loc[
            [name in label.split("|") for label in development["label"]], "kept_together"
        ].nunique()
        for name in dataset.classes
    ]
    return Facts(
        task=dataset.task,
        classes=dataset.classes,
        positive=dataset.positive,
        class_counts={name: counts["train"][name] + counts["validation"][name] for name in dataset.classes},
        validation_counts=counts["validation"] if any(counts["validation"].values()) else {},
        n_development=len(development),
        n_training=len(dataset.part("train")),
        fewest_groups=min(per_class),
        side_px=min(found.height_px.median, found.width_px.median),
        aspect_spread=max(found.aspect.maximum, 1 / found.aspect.minimum),
        colour_share=found.colour_share,
        deep_share=found.deep_grey_share,
        has_bf16=found.machine.bf16,
        images_per_s=speed,
        budget_s=budget_s,
        seed=seed,
    )


def class_counts(dataset: Dataset, part: str) -> dict[str, int]:
    """Cases of each class in one split; with several labels a case counts for each."""
    labels = dataset.part(part)["label"]
    return {name: int(sum(name in label.split("|") for label in labels)) for name in dataset.classes}


def _speed() -> float:
    """Images a second that this machine learns from, to two digits, so that noise moves no plan."""
    prepare_process()
    from thirdeye.training.velocity import images_per_s

    return float(f"{images_per_s():.2g}")


def _write_refusal(study: Study, checked: Checked) -> None:
    """Leave the findings behind, so that they can be read when nothing else is there."""
    Ledger(study).forget("plan")
    study.write_json(FINDINGS_FILE, findings_json(checked))


def write_plan(
    study: Study,
    data: Path,
    checked: Checked,
    planned: Planned,
    speed: float,
    started: float,
    *,
    also: Callable[[], list[str]] = list,
) -> None:
    """Write what the next stages start from, and enter it in the ledger."""
    ledger = Ledger(study)
    with ledger.stage("plan", planning_key(data, planned), started=started) as outputs:
        study.write_json(FINDINGS_FILE, findings_json(checked))
        stated = dict(checked.collection.prevalence)
        in_use = {"prevalence_in_use": stated} if stated else {}
        with study.writing(DATASET_FILE) as path:
            write_dataset_csv(path, planned.dataset)
        facts = {**planned.fingerprint.as_json(), "images_per_s_224px": speed, **in_use}
        study.write_json(FINGERPRINT_FILE, facts)
        study.write_json(PLAN_FILE, planned.plan.as_json())
        outputs += [FINDINGS_FILE, DATASET_FILE, FINGERPRINT_FILE, *also()]
    ledger.set(
        seed=planned.plan.seed,
        data={
            "name": data.resolve().name,
            "place": relative_place(data, study.folder),
            "root_below": os.path.relpath(planned.dataset.root.resolve(), opened(data).resolve()),
            "labels_sha256": labels_key(checked.collection),
            "files_sha256": files_key(planned.dataset),
            "marks_sha256": marks_key(checked.collection),
            "masks_sha256": masks_key(study, planned.dataset.root),
        },
        inputs={"dataset.csv": study.sha256(DATASET_FILE)},
    )
    ledger.write()


def planning_key(data: Path, planned: Planned) -> str:
    """What a plan was made from."""
    return key_of(data.resolve().name, planned.plan.values())
