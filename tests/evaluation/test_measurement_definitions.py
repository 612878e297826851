from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.measurement_definitions import definitions_as_json, read_definitions

NAMES = ["hip", "knee", "ankle", "heel"]
EVERY = {
    "version": 1,
    "measurements": [
        {"name": "knee angle", "kind": "angle_at_point", "points": ["hip", "knee", "ankle"],
         "column": "knee_deg"},
        {"name": "tilt", "kind": "angle_between_lines", "lines": [["hip", "knee"], ["ankle", "heel"]]},
        {"name": "largest", "kind": "largest_angle",
         "lines": [["hip", "knee"], ["knee", "ankle"], ["ankle", "heel"]]},
        {"name": "thigh", "kind": "distance", "points": ["hip", "knee"]},
        {"name": "thigh to shank", "kind": "ratio", "lines": [["hip", "knee"], ["knee", "ankle"]]},
    ],
}  # fmt: skip


ANGLE = {"kind": "angle_at_point", "points": ["hip", "knee", "ankle"]}


def read(*measurements: dict, names: list[str] | None = None):
    return read_definitions({"measurements": list(measurements)}, names or NAMES, source="measurements.json")


def test_there_and_back_again_within_the_schema() -> None:
    found = read_definitions(EVERY, NAMES, source="m.json")
    assert definitions_as_json(found) == EVERY
    schema = json.loads(
        resources.files("thirdeye.evaluation")
        .joinpath("schema/measurements.json")
        .read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(EVERY, schema)
    corners = [f"point {i}" for i in range(12)]
    cobb = read({"name": "Cobb", "kind": "cobb_3", "columns": ["a", "b", "c"]}, names=corners)
    assert cobb[0].outputs == ("Cobb 1", "Cobb 2", "Cobb 3")
    assert cobb[0].points == tuple(corners)
    jsonschema.validate(definitions_as_json(cobb), schema)


def test_units() -> None:
    units = [one.unit(has_spacing=True) for one in read_definitions(EVERY, NAMES, source="m.json")]
    assert units == ["deg", "deg", "deg", "mm", "1"]
    assert read(EVERY["measurements"][3])[0].unit(has_spacing=False) == "px"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "a", "kind": "distance", "points": ["hip", "kne"]},
         "no landmark 'kne'; did you mean 'knee'.*'heel'"),
        ({"name": "a", "kind": "length", "points": ["hip", "knee"]},
         "kind 'length' is not known; there are angle_at"),
        ({"name": "a", "kind": "distance", "points": ["hip"]}, "takes 2 different points"),
        ({"name": "a", "kind": "distance", "points": ["hip", "hip"]}, "takes 2 different points"),
        ({"name": "a", "kind": "distance", "lines": [["hip", "knee"]]}, "takes 'points', not 'lines'"),
        ({"name": "a", "kind": "ratio", "points": ["hip"]}, "takes 'lines', not 'points'"),
        ({"name": "a", "kind": "ratio", "lines": [["hip", "knee"]]}, "takes two lines"),
        ({"name": "a", "kind": "largest_angle", "lines": [["hip", "knee"], ["hip"]]},
         "line 2: a line is two"),
        ({"name": "a", "kind": "cobb_3"}, "3 vertebrae or more, from the top; got 4 points"),
        ({"name": "a", "kind": "distance", "points": ["hip", "knee"], "unit": "cm"},
         "field 'unit' is not known"),
        ({"name": "a", "kind": "distance", "points": ["hip", "knee"], "columns": ["x", "y"]},
         "1 value.*2 column"),
        ({"name": "a", "kind": "sum", "points": ["hip", "knee"]}, "sum takes 'terms', not 'points'"),
        ({"name": "a", "kind": "sum", "terms": [ANGLE]}, "two or more terms"),
        ({"name": "a", "kind": "sum", "terms": [ANGLE, {"kind": "distance", "points": ["hip", "knee"]}]},
         r"one unit; these are in .'deg', 'mm'."),
        ({"name": "a", "kind": "sum", "terms": [ANGLE, {"kind": "sum", "terms": [ANGLE, ANGLE]}]},
         "term 2: kind 'sum' is no term"),
        ({"name": "a", "kind": "sum", "terms": [ANGLE, {**ANGLE, "minus": "yes"}]}, "or false, not 'yes'"),
        ({"name": "a", "kind": "sum", "terms": [ANGLE, {**ANGLE, "name": "b"}]}, "field 'name' is not known"),
        ({"name": "a", "kind": "signed_distance", "points": ["hip", "knee"]}, "'towards' right, left"),
        ({"name": "a", "kind": "distance", "points": ["hip", "knee"], "towards": "up"}, "distance has none"),
        ({"name": "a", "kind": "distance", "points": ["hip", "knee"], "types_unit": "px"}, "goes with"),
        ({**ANGLE, "name": "a", "types": [{"name": "b", "below": 1}, {"name": "c"}], "types_unit": "px"},
         "'mm' or 'px', of a length"),
        ({"kind": "distance"}, "measurement 1: expected"),
        ({"name": "  ", "kind": "distance"}, "a name that is not empty"),
        ({"name": "a", "kind": "distance", "points": 3}, "expected a list of names of landmarks, got 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(wrong: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(wrong)


def test_the_file_as_a_whole() -> None:
    one = EVERY["measurements"][3]
    with pytest.raises(UsageError, match="two measurements are called 'thigh'"):
        read(one, one)
    with pytest.raises(UsageError, match="measurements"):
        read_definitions([one], NAMES, source="m.json")
    with pytest.raises(UsageError, match="version 2 is not known"):
        read_definitions({"version": 2, "measurements": []}, NAMES, source="m.json")
