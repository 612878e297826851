from __future__ import annotations

import json
from importlib import resources

import jsonschema

from thirdeye.case.opinion import Opinion
from thirdeye.evaluation.derived_measurements import Derived
from thirdeye.inference.landmarks.measure import as_measurements, not_measured

FOUND = [
    Derived("ANB", 6.5, "deg", type="class II"),
    Derived("width", 30.0, "px"),
    Derived("ODI", None, "deg", reason="menton is missing"),
]


def test_a_type_travels_with_its_value_into_the_opinion() -> None:
    form = Opinion("x", "landmarks", {}, measurements=as_measurements(FOUND)).as_json()
    assert form["measurements"] == [
        {"name": "ANB", "value": 6.5, "unit": "deg", "type": "class II"},
        {"name": "width", "value": 30.0, "unit": "px"},
    ]
    schema = json.loads(resources.files("thirdeye.case").joinpath("schema/opinion.json").read_text("utf-8"))
    jsonschema.validate(form["measurements"], schema["properties"]["measurements"])


def test_what_has_no_value_is_told() -> None:
    assert not_measured(FOUND) == ("ODI could not be measured: menton is missing.",)
