import json
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.journey.shaped.learning import (
    HeldOut,
    members_of,
    operating_points,
    said_together,
    values_read,
)
from thirdeye.journey.shaped.opening import prepare, system_of
from thirdeye.plan.system import SystemPlan
from thirdeye.recipes.recipe import Recipe
from thirdeye.recipes.system import ANSWER


def test_members_answer_together_as_their_mean(toy: Recipe, toy_study: Path, numbers: Path) -> None:
    form = json.loads((toy_study / "model" / "model.json").read_text())
    members = members_of(Study(toy_study), system_of(toy), form)
    cases = system_of(toy).open(numbers, values_read(form["values"]), {})
    alone = [one.say(cases)[ANSWER] for one in members]
    assert len(members) == 3
    assert np.allclose(said_together(members, cases)[ANSWER], np.mean(alone, axis=0))
    assert not np.allclose(alone[0], alone[1])


def test_a_member_that_was_edited_is_refused(toy: Recipe, toy_study: Path) -> None:
    form = json.loads((toy_study / "model" / "model.json").read_text())
    form["members"][1]["sha256"] = "0" * 64
    with pytest.raises(StudyMismatch, match="member_1"):
        members_of(Study(toy_study), system_of(toy), form)


def test_what_was_held_out_comes_from_members_that_had_not_seen_it(
    toy: Recipe, toy_study: Path, numbers: Path
) -> None:
    found = prepare(
        toy, numbers, switches=(), lighter=False, overrides={}, options={}, seed=0, budget_s=40.0
    )  # fmt: skip
    form = json.loads((toy_study / "model" / "model.json").read_text())
    members = members_of(Study(toy_study), system_of(toy), form)
    with np.load(toy_study / "runs" / "validation.npz") as saved:
        for member, (_, held) in zip(members, found.splits, strict=True):
            assert np.allclose(saved[ANSWER][held], member.say(found.development.at(held))[ANSWER])


def test_only_a_question_with_a_positive_class_has_points() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 60)
    patients = np.asarray([f"p{n}" for n in range(60)])
    logits = np.column_stack([-labels, labels]) + rng.normal(size=(60, 2))
    held = HeldOut({ANSWER: logits}, labels, patients)
    plan = SystemPlan(
        system="t", task="binary", classes=("a", "b"), positive="b", folds=2, calibration=("none",),
        budget_s=1.0, seed=0, reasons={}, chosen_by={},
    )  # fmt: skip
    probabilities = 1 / (1 + np.exp(-logits))
    assert next(iter(operating_points(held, probabilities, plan)))["name"] == "youden"
    none = SystemPlan(
        system="t", task="multiclass", classes=("a", "b"), positive=None, folds=2, calibration=("none",),
        budget_s=1.0, seed=0, reasons={}, chosen_by={},
    )  # fmt: skip
    assert operating_points(held, probabilities, none) == []


def test_lists_of_a_file_are_tuples_again() -> None:
    assert values_read({"a": [1, 2], "b": 3}) == {"a": (1, 2), "b": 3}
