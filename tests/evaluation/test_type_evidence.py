from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from thirdeye.evaluation.document import evaluation_schema
from thirdeye.evaluation.measurement_definitions import read_definitions
from thirdeye.evaluation.measurement_evidence import measured_values, values_json
from thirdeye.evaluation.point_case import PointCase
from thirdeye.evaluation.type_evidence import type_evidence

NAMES = ["left", "right", "below"]
TYPES = [{"name": "narrow", "below": 20}, {"name": "normal", "up_to": 30}, {"name": "wide"}]
WANTED = {"measurements": [
    {"name": "width", "kind": "distance", "points": NAMES[:2], "types": TYPES, "types_unit": "px"},
    {"name": "height", "kind": "distance", "points": NAMES[1:]},
    {"name": "tilt", "kind": "signed_angle", "lines": [NAMES[:2], NAMES[1:]],
     "types": [{"name": "flat", "below": 90}, {"name": "steep"}]},
]}  # fmt: skip
DEFINITIONS = read_definitions(WANTED, NAMES, source="m.json")


def case(n: int, reference: float, found: float) -> PointCase:
    """A film whose width is `reference`, and `found` by the network; the tilt is above 90 degrees."""
    points = [np.array([(0.0, 0), (width, 0), (width - 5, 40)]) for width in (reference, found)]
    return PointCase(f"c{n}", f"p{n // 2}", *points, (99, 99))


def evidence(cases: list[PointCase], **how):
    values = measured_values(cases, DEFINITIONS, NAMES)
    return type_evidence(values, DEFINITIONS, patients_known=True, n_resamples=200, **how)


def metric(entry: dict, name: str) -> dict:
    return next(one for one in entry["metrics"] if one["name"] == name)


def test_success_of_each_and_of_all() -> None:
    pairs = [(10, 10)] * 6 + [(25, 25)] * 20 + [(25, 35)] * 4 + [(40, 40)] * 5 + [(40, 25)] * 5
    found = evidence([case(n, *pair) for n, pair in enumerate(pairs)])
    width, tilt = found["measurements"]
    assert [one["name"] for one in found["measurements"]] == ["width", "tilt"]
    assert width["counts"] == [[6, 0, 0], [0, 20, 4], [0, 5, 5]]
    accuracy = metric(width, "type_accuracy")
    assert accuracy["value"] == pytest.approx(31 / 40)
    assert accuracy["details"]["commonest"] == pytest.approx(24 / 40)
    assert (accuracy["class"], accuracy["n"], accuracy["n_clusters"]) == ("width", 40, 20)
    assert accuracy["ci_low"] < 31 / 40 < accuracy["ci_high"]
    balanced = metric(width, "type_balanced_accuracy")
    assert balanced["value"] == pytest.approx((1 + 20 / 24 + 0.5) / 3)
    assert balanced["ci_low"] < balanced["value"] < balanced["ci_high"]
    assert metric(tilt, "type_accuracy")["value"] == 1
    assert metric(tilt, "type_balanced_accuracy")["value"] == 1  # "flat" occurs nowhere
    assert metric(found, "type_accuracy")["value"] == pytest.approx((31 / 40 + 1) / 2)
    assert metric(found, "type_accuracy")["n"] == 80
    assert metric(found, "type_accuracy")["status"] == "ok"
    assert metric(found, "type_balanced_accuracy")["status"] == "unstable"  # six are narrow


def test_what_was_not_found_is_wrong_and_what_nobody_marked_is_left_out() -> None:
    cases = [case(n, 25, 25) for n in range(20)]
    cases[0].found[0] = np.nan
    cases[1].reference[0] = np.nan
    width = evidence(cases)["measurements"][0]
    assert (width["n"], width["n_without"], width["n_excluded"]) == (19, 1, {"no reference value": 1})
    assert metric(width, "type_accuracy")["value"] == pytest.approx(18 / 19)
    assert metric(width, "type_accuracy")["n_excluded"] == {"no reference value": 1}


def test_no_reference_at_all_is_undefined_and_no_types_are_no_evidence() -> None:
    cases = [case(n, 25, 25) for n in range(6)]
    for one in cases:
        one.reference[:] = np.nan
    found = evidence(cases)
    assert {one["status"] for one in found["metrics"]} == {"undefined"}
    assert {m["status"] for one in found["measurements"] for m in one["metrics"]} == {"undefined"}
    values = measured_values(cases, DEFINITIONS[1:2], NAMES)
    assert type_evidence(values, DEFINITIONS[1:2], patients_known=False) is None
    assert type_evidence([], DEFINITIONS, patients_known=False) is None


def test_the_entry_follows_the_published_schema_and_rows_name_the_types() -> None:
    cases = [case(n, 25, 35) for n in range(8)]
    entry = evidence(cases)
    schema = evaluation_schema()
    types = schema["$defs"]["located_set"]["properties"]["types"] | {"$defs": schema["$defs"]}
    jsonschema.validate(json.loads(json.dumps(entry, allow_nan=False)), types)
    row = values_json(measured_values(cases, DEFINITIONS, NAMES)[0])
    assert (row["width"]["reference_type"], row["width"]["found_type"]) == ("normal", "wide")
    assert "found_type" not in row["height"]


def test_a_patient_is_drawn_whole() -> None:
    """Thirty films that agree in everything count as one where they are one patient's."""
    cases = [case(n, 25, 25 if n % 2 else 35) for n in range(30)]
    alone = metric(evidence([replace(one, patient=one.case) for one in cases]), "type_balanced_accuracy")
    one = metric(evidence([replace(one, patient="p") for one in cases]), "type_balanced_accuracy")
    assert alone["ci_low"] is not None
    assert one["ci_low"] is None
