"""From DATA to cases with parts and folds, and to the plan of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.dataset.split import assign_folds, deal_parts
from thirdeye.dataset.table import Dataset
from thirdeye.errors import DataRefused, UsageError
from thirdeye.inference.calibration import METHODS
from thirdeye.journey.material import Rows, member_splits
from thirdeye.plan.system import SystemPlan, asked_values
from thirdeye.recipes.recipe import Recipe, marked, values_of
from thirdeye.recipes.system import Cases, System

TEST_FRACTION = 0.2
FEWEST = 10  # cases of each class: fewer cannot be dealt into parts and folds that say anything
_SHARED_REASONS = {
    "validation": "each development case is judged by a member that never saw it",
    "calibration": "chosen on held-out cases, simplest first",
}


@dataclass(frozen=True)
class Prepared:
    """Everything that a system's run starts from.

    Args:
        recipe, system: what is run.
        cases: all of them, in the order of ``dataset.rows``.
        dataset: with parts and folds.
        plan: every value.
    """

    recipe: Recipe
    system: System
    cases: Cases
    dataset: Dataset
    plan: SystemPlan

    def positions(self, *parts: str) -> Rows:
        """Positions of the cases in the named parts."""
        return np.flatnonzero(self.dataset.rows["split"].isin(parts))

    @property
    def development(self) -> Cases:
        """The cases that are learnt from, held out in turn."""
        return self.cases.at(self.positions("train", "validation"))

    @property
    def development_rows(self) -> pd.DataFrame:
        """Of the dataset, in the order of `development`."""
        return self.dataset.part("train", "validation").reset_index(drop=True)

    @property
    def splits(self) -> list[tuple[Rows, Rows]]:
        """Per member: positions in `development` to learn from, positions held out."""
        return member_splits(self.development_rows, self.plan)


def prepare(
    recipe: Recipe,
    data: Path,
    *,
    switches: Sequence[str],
    lighter: bool,
    overrides: Mapping[str, Any],
    options: Mapping[str, Any],
    seed: int,
    budget_s: float,
) -> Prepared:
    """Open DATA with the system's own eyes, deal parts and folds by patient, and fix every value.

    Args:
        recipe: with a system.
        data: what the system reads.
        switches: flaws to be reproduced.
        lighter: with those values with which a processor can bear it.
        overrides: name to the user's value.
        options: of intake.
        seed: of everything random.
        budget_s: seconds that the run may take.

    Raises:
        UsageError: a value or option does not fit.
        DataRefused: there is no such system's data, or too few cases of a class.
    """
    system = system_of(recipe)
    refuse_options(recipe, options)
    chosen = recipe.published((), switches, lighter=lighter)
    values = asked_values(values_of(chosen), overrides)
    system.check(values)
    cases = system.open(data, values, options)
    dataset = dealt(cases, data, seed=seed)
    plan = SystemPlan(
        system=recipe.id, task=cases.task, classes=cases.classes, positive=cases.positive,
        folds=values["folds"], calibration=tuple(METHODS), own=values, budget_s=budget_s, seed=seed,
        reasons=_SHARED_REASONS, chosen_by=dict.fromkeys(overrides, "user"),
    )  # fmt: skip
    plan = marked(plan, recipe.id, chosen, overrides)
    return Prepared(recipe, system, cases, assign_folds(dataset, plan.folds, seed), plan)


def system_of(recipe: Recipe) -> System:
    """The system of a recipe.

    Raises:
        UsageError: the recipe is a plan, and has none.
    """
    if recipe.system is None:
        raise UsageError(
            f"{recipe.id} is one network over one image; run it with: thirdeye recipes run {recipe.id}"
        )
    return recipe.system


def refuse_options(recipe: Recipe, options: Mapping[str, Any]) -> None:
    """Refuse options of intake that the system does not know.

    Raises:
        UsageError: naming the option and those that it knows.
    """
    known = system_of(recipe).options
    unknown = [name for name in options if name not in known]
    if unknown:
        said = ", ".join(f"--{name.replace('_', '-')}" for name in known) or "none"
        raise UsageError(
            f"{recipe.id} reads its data in its own way and does not know --{unknown[0].replace('_', '-')}; "
            f"it knows: {said}"
        )


def dealt(cases: Cases, data: Path, *, seed: int) -> Dataset:
    """The cases with a part each; one without a class is left out.

    Raises:
        DataRefused: a class has too few cases, or a part is empty.
    """
    rows = cases.rows.reset_index(drop=True)
    known = cases.labels >= 0
    rows = rows.assign(
        patient=rows["patient"].where(rows["patient"] != "", rows["case"]),
        excluded_because=np.where(known, "", "it has none of the classes"),
        split=rows["split"].where(known, "excluded"),
        fold=-1,
    )
    rows = rows.assign(kept_together=rows["patient"])
    _refuse_few(rows[known], cases.classes)
    filled, origin = deal_parts(rows, cases.classes, seed=seed, test_fraction=TEST_FRACTION)
    filled = filled[[*FIRST_COLUMNS, *(name for name in filled.columns if name not in FIRST_COLUMNS)]]
    root = data if data.is_dir() else data.parent
    return Dataset(root, filled, cases.task, cases.classes, cases.positive, cases.group, origin)


def _refuse_few(rows: pd.DataFrame, classes: Sequence[str]) -> None:
    patients = rows.groupby("label")["patient"].nunique()
    few = [name for name in classes if int(patients.get(name, 0)) < FEWEST]
    if few:
        raise DataRefused(
            f"the class {few[0]} has {int(patients.get(few[0], 0))} patients; at least {FEWEST} of each "
            "class are needed for a test part and folds"
        )
