"""plan.json: read back as written, followed as edited, refused where it makes no sense."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.file import check_against, plan_from_json, plan_schema, tuples
from thirdeye.plan.make import make_plan
from thirdeye.plan.rules import Facts


@pytest.fixture
def form(facts: Callable[..., Facts]) -> dict[str, Any]:
    """The content of a plan.json, as it comes from disk."""
    return json.loads(json.dumps(make_plan(facts()).as_json()))


def edited(form: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(form)
    changed["values"][name]["value"] = value
    return changed


def test_there_and_back(facts: Callable[..., Facts]) -> None:
    plan = make_plan(facts(), {"mixup": 0.2})
    back = plan_from_json(json.loads(json.dumps(plan.as_json())))
    assert back.values() == plan.values()
    assert back.as_json() == plan.as_json()
    assert back.augmentation[0] == ("flip_horizontal", 0.5)


def test_an_edit_is_followed(form: dict[str, Any]) -> None:
    plan = plan_from_json(edited(form, "augmentation", [["rotate", 5]]))
    assert plan.augmentation == (("rotate", 5),)
    assert plan_from_json(edited(form, "epochs", 2.0)).epochs == 2
    assert isinstance(plan_from_json(edited(form, "mixup", 1)).mixup, float)


def test_reasons_may_be_left_out(form: dict[str, Any]) -> None:
    form["values"]["epochs"] = {"value": 4}
    plan = plan_from_json(form)
    assert (plan.epochs, plan.reasons["epochs"], plan.chosen_by["epochs"]) == (4, "", "rule")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("epochs", "ten", r"at values\.epochs\.value: 'ten' is not of type 'integer'"),
        ("folds", 0, "0 is less than the minimum of 1"),
        ("resize", "crop", r"'crop' is not one of \['squash', 'pad'\]"),
        ("positive", "cyst", "the positive class 'cyst' is none of benign, malignant"),
        ("augmentation", [["rotate"]], r"\['rotate'\] is too short"),
        ("batch_size", True, "True is not of type 'integer'"),
    ],
)
def test_an_edit_that_makes_no_sense(form: dict[str, Any], name: str, value: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plan_from_json(edited(form, name, value))


@pytest.mark.parametrize("content", [[], None, "plan", {}, {"version": 1}, {"version": 1, "values": {}}])
def test_something_else_is_no_plan(content: Any) -> None:
    with pytest.raises(UsageError, match=r"plan\.json.*thirdeye plan"):
        plan_from_json(content)


def test_a_missing_or_unknown_value(form: dict[str, Any]) -> None:
    less = copy.deepcopy(form)
    del less["values"]["mixup"]
    with pytest.raises(UsageError, match="'mixup' is a required property"):
        plan_from_json(less)
    form["values"]["momentum"] = {"value": 0.9}
    with pytest.raises(UsageError, match="'momentum' was unexpected"):
        plan_from_json(form)


def test_a_newer_version_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="version"):
        plan_from_json({**form, "version": 2})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("folds", 21, "folds lies between 1 and 20, got 21"),
        ("learning_rate", 0.0, "learning_rate lies between 1e-07 and 1, got 0.0"),
        ("precision", "fp8", "precision is one of fp32, bf16, got 'fp8'"),
        ("augmentation", (("rotate", "a lot"),), "'a lot' is not of type 'number'"),
        ("calibration", (), "calibration: "),
    ],
)
def test_a_value_outside_the_schema_is_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_against(plan_schema(), name, value)


def test_the_edges_are_allowed() -> None:
    for name, value in (("folds", 1), ("folds", 20), ("epochs", 0), ("mixup", 0.0), ("averaging", 0.99999)):
        check_against(plan_schema(), name, value)


def test_lists_become_tuples_all_the_way_down() -> None:
    assert tuples([1, ["a", [2.0]], "text"]) == (1, ("a", (2.0,)), "text")
