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
