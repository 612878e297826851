from __future__ import annotations

import json
from typing import Any

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.landmarks.file import landmark_plan_from_json, landmark_plan_schema
from thirdeye.plan.landmarks.make import make_landmark_plan
from thirdeye.plan.landmarks.rules import LandmarkFacts


@pytest.fixture
def content(facts: LandmarkFacts) -> dict[str, Any]:
    return dict(json.loads(json.dumps(make_landmark_plan(facts).as_json())))


def test_a_plan_survives_its_file(facts: LandmarkFacts, content: dict[str, Any]) -> None:
    assert landmark_plan_from_json(content).values() == make_landmark_plan(facts).values()


def test_the_schema_knows_every_field(facts: LandmarkFacts) -> None:
    properties = landmark_plan_schema()["properties"]["values"]["properties"]
    assert set(properties) == set(make_landmark_plan(facts).values())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("canvas", [500, 224], "multiples of 32"),
        ("crop_px", 100, "multiples of 32"),
        ("stride", 2, "4 widths"),
        ("swapped", [0, 0, 1], "swapped"),
        ("loss", "hinge", "hinge"),
        ("margin", 0.7, "0.7"),
    ],
)
def test_what_does_not_go_is_refused(content: dict[str, Any], name: str, value: Any, said: str) -> None:
    content["values"][name]["value"] = value
    with pytest.raises(UsageError, match=said):
        landmark_plan_from_json(content)


def test_a_value_can_be_set(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(facts, {"loss": "adaptive_wing", "zoom": "0.0"})
    assert (plan.loss, plan.zoom, plan.fine_rounds) == ("adaptive_wing", 0.0, 0)
    assert plan.chosen_by["loss"] == "user"
    with pytest.raises(UsageError, match="losss"):
        make_landmark_plan(facts, {"losss": "x"})


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"technique": "patches", "zoom": 2.0}, "zoom 2"),
        ({"technique": "patches", "loss": "mean_squares"}, "mean_squares"),
        ({"technique": "patches", "architecture": "heat_lite0"}, "heat_lite0"),
        ({"technique": "patches", "widths": (8, 8, 8)}, "5 widths"),
        ({"technique": "patches", "rings": (16.0, 8.0)}, "grow"),
        ({"architecture": "landmark_patches"}, "technique patches"),
    ],
)
def test_patches_go_with_their_own_values(facts: LandmarkFacts, wanted: dict[str, Any], said: str) -> None:
    plan = make_landmark_plan(facts, wanted)
    with pytest.raises(UsageError, match=said):
        landmark_plan_from_json(json.loads(json.dumps(plan.as_json())))


def test_a_plan_of_patches_survives_its_file(facts: LandmarkFacts) -> None:
    plan = make_landmark_plan(facts, {"technique": "patches", "assignment": "pairwise"})
    again = landmark_plan_from_json(json.loads(json.dumps(plan.as_json())))
    assert again.values() == plan.values()


def test_plans_of_earlier_versions_are_read(facts: LandmarkFacts, content: dict[str, Any]) -> None:
    later = ("technique", "networks", "patch_px", "positive_px", "rings", "hard", "canvas_px", "assignment")
    for name in later:
        del content["values"][name]
    assert landmark_plan_from_json(content).values() == make_landmark_plan(facts).values()
