"""The plan as JSON: every value beside its reason, valid against the published schema."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from thirdeye.plan.decisions import PLAN_SCHEMA_VERSION
from thirdeye.plan.file import plan_schema
from thirdeye.plan.make import make_plan
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts


def test_values_are_all_fields_but_the_reasons(facts: Callable[..., Facts]) -> None:
    plan = make_plan(facts())
    names = {field.name for field in dataclasses.fields(Plan)} - {"reasons", "chosen_by"}
    assert set(plan.values()) == names
    assert plan.values()["folds"] == plan.folds


def test_json_is_valid_and_gives_every_value_a_reason(facts: Callable[..., Facts]) -> None:
    form = json.loads(json.dumps(make_plan(facts(), {"epochs": 3}).as_json(), allow_nan=False))
    Draft202012Validator(plan_schema()).validate(form)
    assert form["version"] == PLAN_SCHEMA_VERSION
    assert all(len(entry["reason"]) > 5 for entry in form["values"].values())
    assert form["values"]["epochs"] == {"value": 3, "reason": "set by the user", "chosen_by": "user"}
    assert form["values"]["folds"]["chosen_by"] == "rule"


def test_the_schema_knows_exactly_the_fields(facts: Callable[..., Facts]) -> None:
    values = plan_schema()["properties"]["values"]
    names = list(make_plan(facts()).values())
    assert list(values["properties"]) == names
    later = (
        "optimiser",
        "schedule",
        "fusion",
        "variables",
        "taxonomy",
        "preparation",
        "quality",
        "head",
        "joining",
        "learns",
        "networks",
        "copies",
        "joined",
        "stopping",
        "points",
        "tie_break",
        "unlearnt",
        "first_layer",
        "feature_sets",
    )  # plans of earlier versions have none
    assert values["required"] == [name for name in names if name not in later]
    Draft202012Validator.check_schema(plan_schema())


def test_it_is_frozen(facts: Callable[..., Facts]) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_plan(facts()).seed = 1  # type: ignore[misc]
