"""A plan of an earlier version lacks the fields that came later; it stays readable and does what it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

import pytest

from thirdeye.plan.decisions import Decisions
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.detection.plan import DetectionPlan
from thirdeye.plan.file import EARLIER, plan_from_json, schema_of
from thirdeye.plan.landmarks.file import landmark_plan_from_json
from thirdeye.plan.landmarks.make import make_landmark_plan
from thirdeye.plan.landmarks.plan import LandmarkPlan
from thirdeye.plan.landmarks.rules import LandmarkFacts
from thirdeye.plan.make import make_plan
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts


def without(plan: Decisions, *names: str) -> Any:
    form = json.loads(json.dumps(plan.as_json()))
    for name in names:
        del form["values"][name]
    return form


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Plan, "plan"),
        (DensePlan, "segmentation"),
        (DetectionPlan, "detection"),
        (LandmarkPlan, "landmarks"),
    ],
)
def test_what_may_be_missing_has_a_default(kind: type[Decisions], schema: str) -> None:
    values = schema_of(schema)["properties"]["values"]
    later = {one.name for one in fields(kind) if one.default is not MISSING}
    assert set(values["properties"]) - set(values["required"]) == later


def test_landmarks_planned_before_they_were_settled_stay_where_they_were_seen() -> None:
    facts = LandmarkFacts(
        names=("head", "foot", "hand"), n_development=30, n_validation=0, groups=30, channels=1,
        deep_share=0.0, sides=(400.0, 300.0), beyond=0.0, mirror=(0, 1, 2), mirror_misfit=1.1, complete=30,
        pixels_per_s=900_000, budget_s=600, seed=0,
    )  # fmt: skip
    plan = landmark_plan_from_json(without(make_landmark_plan(facts), "settle"))
    assert plan.settle == (0.0,)
    assert plan.reasons["settle"] == EARLIER == plan.as_json()["values"]["settle"]["reason"]


def test_images_planned_before_there_were_cases_of_several(facts: Callable[..., Facts]) -> None:
    plan = plan_from_json(without(make_plan(facts()), "fusion", "variables", "taxonomy"))
    assert (plan.fusion, plan.variables, plan.taxonomy) == ((), (), ())
    assert {plan.reasons[name] for name in ("fusion", "variables", "taxonomy")} == {EARLIER}
    assert plan.reasons["epochs"] != EARLIER
