from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.shaped.opening import Prepared, dealt, prepare, system_of
from thirdeye.recipes.recipe import Recipe


def ready(recipe: Recipe, data: Path, **named: Any) -> Prepared:
    given = {"switches": (), "lighter": False, "overrides": {}, "options": {}, "seed": 0, "budget_s": 60.0}
    return prepare(recipe, data, **(given | named))


def test_parts_and_folds_keep_every_class(toy: Recipe, numbers: Path) -> None:
    found = ready(toy, numbers)
    rows = found.dataset.rows
    assert set(rows["split"]) == {"train", "test"}
    assert all(set(part["label"]) == {"0", "2"} for _, part in rows.groupby("fold"))
    assert 0.15 < (rows["split"] == "test").mean() < 0.25
    held = np.concatenate([one for _, one in found.splits])
    assert sorted(held) == list(range(len(found.development.rows)))
    assert found.development.rows["case"].tolist() == found.development_rows["case"].tolist()


def test_published_values_come_first_and_the_users_before_them(toy: Recipe, numbers: Path) -> None:
    plan = ready(toy, numbers, overrides={"folds": "4"}).plan
    assert (plan.folds, plan.chosen_by["folds"], plan.chosen_by["contrast"]) == (4, "user", "recipe")
    assert (
        plan.reasons["contrast"]
        == "toy: the ends (stated in the paper, its abstract, its code or another public source)"
    )
    assert ready(toy, numbers, lighter=True).plan.folds == 2
    assert ready(toy, numbers, switches=("wrong",)).plan.folds == 2
    assert ready(toy, numbers).plan.folds == 3


def test_patients_stay_together(toy: Recipe, numbers: Path) -> None:
    cases = ready(toy, numbers).cases
    paired = cases.rows.assign(patient=[f"q{n // 2}" for n in range(len(cases.rows))])
    rows = dealt(replace(cases, rows=paired), numbers, seed=1).rows
    assert (rows.groupby("patient")["split"].nunique() == 1).all()


def test_a_case_without_a_class_is_left_out(toy: Recipe, numbers: Path) -> None:
    cases = ready(toy, numbers).cases
    labels = cases.rows["label"].tolist()
    rows = dealt(replace(cases, rows=cases.rows.assign(label=["?", *labels[1:]])), numbers, seed=0).rows
    assert (rows["split"] == "excluded").tolist() == [True] + [False] * (len(rows) - 1)
    assert rows["excluded_because"].iloc[0] == "it has none of the classes"


def test_stated_parts_are_kept(toy: Recipe, numbers: Path) -> None:
    cases = ready(toy, numbers).cases
    stated = ["test" if n % 3 == 0 else "train" for n in range(len(cases.rows))]
    found = dealt(replace(cases, rows=cases.rows.assign(split=stated)), numbers, seed=0)
    assert found.rows["split"].tolist() == stated
    assert "official" in found.split_origin


def test_refuses_few_cases_and_foreign_options(toy: Recipe, numbers: Path) -> None:
    cases = ready(toy, numbers).cases
    with pytest.raises(DataRefused, match=r"has . patients; at least 10 of each class"):
        dealt(cases.at(np.arange(12)), numbers, seed=0)
    with pytest.raises(UsageError, match="does not know --clinical; it knows: --label-column"):
        ready(toy, numbers, options={"clinical": "x.csv"})
    with pytest.raises(UsageError, match="one network over one image"):
        system_of(replace(toy, system=None))
