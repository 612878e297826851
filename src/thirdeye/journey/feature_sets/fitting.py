"""Every feature set before the same linear machine, its cost chosen by patients, on the network's splits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.metric import Metric
from thirdeye.inference.calibrate import fit_calibration
from thirdeye.inference.calibration import apply
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.feature_sets.names import parts_of, title_of, usable
from thirdeye.journey.feature_sets.tables import Ground, Tables, single_tables
from thirdeye.journey.material import Material, Rows
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.training.fusion.joining import fit_part
from thirdeye.training.selection import Truth, figure
from thirdeye.training.splits import distinct_splits
from thirdeye.training.stages import spoken

SOURCE = "features:"
Table = NDArray[np.float64]


@dataclass(frozen=True)
class FittedSet:
    """What the machine says by one feature set.

    Args:
        name: as the plan has it.
        n_features: columns before the machine.
        held_out: (n, K) calibrated, of the development cases; NaN where a row was not held out.
        test: (m, K) calibrated, of the test cases: the mean over the splits' machines.
        validation: AUC of the held-out cases.
    """

    name: str
    n_features: int
    held_out: Table
    test: Table
    validation: Metric

    @property
    def source(self) -> str:
        """Name in ``predictions.csv``."""
        return f"{SOURCE}{self.name}"


def fit_feature_sets(
    place: Study, development: Material, test: Material, splits: list[tuple[Rows, Rows]], plan: Plan,
    manifest: Manifest, *, seconds: float, tell: Listener,
) -> tuple[FittedSet, ...]:  # fmt: skip
    """Every feature set of the plan that can be had; () where it names none.

    Args:
        place: the study.
        development, test: its cases; labels of the test cases are not looked at.
        splits: as in `member_splits`.
        plan, manifest: of the study.
        seconds: aim for networks that learn for this comparison alone.
        tell: hears how it goes.
    """
    names = usable(plan)
    if not names:
        return ()
    tell(Event("note", f"feature sets before the same linear machine: {len(names)}"))
    distinct = distinct_splits(splits)
    held = [holdout.tobytes() for _, holdout in distinct]
    folds = tuple(
        -1 if one["fold"] < 0 else held.index(splits[one["fold"]][1].tobytes()) for one in manifest.members
    )
    ground = Ground(
        place, development, test, distinct, plan, manifest, folds, time.monotonic() + seconds, tell
    )  # fmt: skip
    every = dict.fromkeys(part for name in names for part in parts_of(name))
    tables = {part: single_tables(part, ground) for part in every}
    return tuple(_fitted(name, [tables[part] for part in parts_of(name)], ground) for name in names)


def with_sources(sets: dict[str, Scored], found: Sequence[FittedSet]) -> dict[str, Scored]:
    """The scored sets with what every feature set says of their cases."""
    test, validation = sets["test"], sets["validation"]
    further = {
        "test": {one.source: one.test for one in found},
        "validation": {one.source: one.held_out[validation.rows] for one in found},
    }
    return {
        "test": replace(test, others={**test.others, **further["test"]}),
        "validation": replace(validation, others={**validation.others, **further["validation"]}),
    }


def _fitted(name: str, parts: Sequence[list[Tables]], ground: Ground) -> FittedSet:
    """One machine a split; what it was taught it never answers."""
    plan, development = ground.plan, ground.development
    positive = None if plan.positive is None else plan.classes.index(plan.positive)
    truth = Truth(development.labels, plan.classes, positive, development.patients, plan.task)
    logits = np.full((len(development.labels), len(plan.classes)), np.nan)
    asked = []
    for number, (train, holdout) in enumerate(ground.splits):
        own, new = (np.concatenate([tables[number][place] for tables in parts], axis=1) for place in (0, 1))
        none, columns = np.empty((len(own), 0)), np.arange(own.shape[1])
        part = fit_part("svm", own[train], none[train], truth.at(train), columns=columns, seed=plan.seed)
        logits[holdout] = part.logits(own[holdout], none[holdout])
        asked.append(part.logits(new, np.empty((len(new), 0))))
    rows = np.flatnonzero(np.isfinite(logits).all(axis=1))
    calibration = fit_calibration(
        logits[rows], development.labels[rows], task=plan.task, candidates=plan.calibration,
        groups=development.patients[rows],
    )  # fmt: skip
    held_out = np.full(logits.shape, np.nan)
    held_out[rows] = apply(calibration, logits[rows])
    reached = figure(logits[rows].astype(np.float32), truth.at(rows))
    ground.tell(Event("figure", f"{title_of(name)}: {spoken(reached)}"))
    return FittedSet(
        name, own.shape[1], held_out, apply(calibration, np.mean(asked, axis=0)), reached
    )  # fmt: skip
