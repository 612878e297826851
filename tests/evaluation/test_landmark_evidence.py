from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.evaluation.landmark_comparison import compare_points
from thirdeye.evaluation.landmark_evidence import landmark_evidence
from thirdeye.evaluation.measurement_definitions import read_definitions
from thirdeye.evaluation.measurement_evidence import measured_values, measurement_evidence, values_json
from thirdeye.evaluation.point_case import PointCase

NAMES = ["top", "bottom", "left", "right"]
WIDTH = {"measurements": [{"name": "width", "kind": "distance", "points": ["left", "right"], "column": "w"}]}


def made(rng, n: int = 24, *, sd: float = 1.0, spacing: tuple[float, float] | None = None) -> list[PointCase]:
    cases = []
    for i in range(n):
        reference = rng.uniform(10, 90, (4, 2))
        found = reference + rng.normal(0, sd, (4, 2))
        cases.append(PointCase(f"i{i}.png", f"p{i // 2}", reference, found, (100, 200), spacing))
    return cases


def metric(entry: dict, name: str, of: str | None = None) -> dict:
    return next(m for m in entry["metrics"] if (m["name"], m["class"]) == (name, of))


def test_by_hand_in_millimetres() -> None:
    reference = np.zeros((2, 2)) + 10
    cases = [
        PointCase("a", "1", reference, reference + np.array([[3, 0], [0, 1]]), (50, 50), (1.0, 2.0)),
        PointCase("b", "2", reference, reference + np.array([[0, 2], [0, 0]]), (50, 50), (1.0, 1.0)),
    ]
    entry = landmark_evidence(cases, names=["x", "y"], patients_known=True)
    assert entry["length_unit"] == "mm"
    assert metric(entry, "mre_mm")["value"] == pytest.approx((3 + 2 + 2 + 0) / 4)
    assert metric(entry, "mre_mm", "x")["value"] == pytest.approx(2.5)
    assert metric(entry, "sdr_2mm")["value"] == pytest.approx(0.75)
    assert metric(entry, "sdr_2_5mm", "x")["value"] == pytest.approx(0.5)
    assert entry["cases"][0] == {
        "case": "a", "patient": "1", "n_points": 2, "n_missing": 0, "mean_distance": 2.5,
        "largest_distance": 3.0, "worst_point": "x",
    }  # fmt: skip
    curve = entry["sdr_curve"]
    assert curve["share"][0] == 0.25
    assert curve["share"][-1] == 1


def test_without_spacing_success_is_a_share_of_the_longer_side(rng) -> None:
    cases = made(rng)
    entry = landmark_evidence(cases, names=NAMES, patients_known=True)
    assert entry["length_unit"] == "px"
    gaps = np.concatenate([np.linalg.norm(c.found - c.reference, axis=1) for c in cases])
    assert metric(entry, "mre_px")["value"] == pytest.approx(gaps.mean())
    assert metric(entry, "mre_pct")["value"] == pytest.approx(gaps.mean() / 2)
    assert metric(entry, "sdr_0_5pct")["value"] == pytest.approx((gaps <= 1).mean())
    assert "longer side" in metric(entry, "sdr_0_5pct")["convention"]
    assert metric(entry, "mre_px")["n_clusters"] == 12
    mixed = [replace(cases[0], mm_per_px=(1.0, 1.0)), *cases[1:]]
    assert (
        "1 of 24 images state the size"
        in landmark_evidence(mixed, names=NAMES, patients_known=True)["warnings"][0]
    )


def test_points_missing_on_either_side(rng) -> None:
    cases = made(rng, 12, sd=0.1, spacing=(1.0, 1.0))
    cases[0].found[1] = np.nan
    cases[1].reference[1] = np.nan
    cases[2].reference[2] = cases[2].found[2] = np.nan
    entry = landmark_evidence(cases, names=NAMES, patients_known=False)
    overall = metric(entry, "mre_mm")
    assert (overall["n"], overall["n_excluded"]) == (45, {"no reference": 2, "not found": 1})
    assert metric(entry, "sdr_4mm")["value"] == pytest.approx(45 / 46)
    assert metric(entry, "sdr_4mm", "bottom")["n"] == 11
    assert entry["n_by_class"] == {"top": 12, "bottom": 11, "left": 11, "right": 12}
    assert entry["n_patients"] is None
    assert [w[:20] for w in entry["warnings"]] == ["Points not found: 1.", "Points without a ref"]
    for case in cases:
        case.reference[0] = np.nan
    entry = landmark_evidence(cases, names=NAMES, patients_known=False)
    assert not [m for m in entry["metrics"] if m["class"] == "top"]


def test_measurements_against_points_and_the_clinicians_column(rng) -> None:
    cases = made(rng)
    definitions = read_definitions(WIDTH, NAMES, source="m.json")
    cases = [replace(case, stated={"width": 50.0 + i}) for i, case in enumerate(cases)]
    cases[3].found[2] = np.nan
    del cases[4].stated["width"]
    values = measured_values(cases, definitions, NAMES)
    entries = measurement_evidence(values, definitions, patients_known=True, n_resamples=100)
    told = [(e["measured"], e["reference"], e["n"], e["n_excluded"]) for e in entries]
    assert told == [
        ("network", "reference points", 23, {"could not be measured": 1}),
        ("network", "column w", 22, {"no reference value": 1, "could not be measured": 1}),
        ("reference points", "column w", 23, {"no reference value": 1}),
    ]
    kept = [v for v in values if v.found[0].value is not None]
    gaps = [abs(v.found[0].value - v.reference[0].value) for v in kept]
    assert entries[0]["metrics"][0]["value"] == pytest.approx(np.mean(gaps))
    assert values_json(values[0])["width"]["stated"] == 50
    assert values_json(values[3])["width"]["found"] is None


def test_a_reader_against_a_better_and_an_equal_one(rng) -> None:
    first = made(rng, 30, sd=1.0)
    worse = [replace(c, found=c.reference + rng.normal(0, 3, (4, 2))) for c in first]
    found = compare_points(
        first, worse, names=("network", "regression"), patients_known=True, kind="traditional"
    )
    assert found["outcome"] == "better"
    assert found["verdict"].startswith("The network beats the regression: mean distance ")
    gap = found["measures"][0]["difference"]
    mine, theirs = (np.concatenate([c.distances("px") for c in cases]) for cases in (first, worse))
    assert gap["value"] == pytest.approx(mine.mean() - theirs.mean())
    assert gap["ci_low"] < gap["value"] < gap["ci_high"] < 0
    back = compare_points(worse, first, names=("a", "b"), patients_known=True)
    assert back["outcome"] == "worse"
    same = compare_points(first, first, names=("a", "b"), patients_known=True)
    assert same["outcome"] == "undetermined"
    angles = {"tilt": ("deg", np.column_stack([np.zeros(30), np.ones(30), 2 + rng.random(30)]))}
    measures = compare_points(first, worse, names=("a", "b"), patients_known=True, angles=angles)["measures"]
    assert (measures[1]["name"], measures[1]["class"]) == ("mae_deg", "tilt")
    assert measures[1]["difference"]["value"] == pytest.approx(1 - angles["tilt"][1][:, 2].mean())
    with pytest.raises(UsageError, match="same cases"):
        compare_points(first, worse[1:], names=("a", "b"), patients_known=True)


def test_a_handful_of_patients_proves_nothing(rng) -> None:
    first = made(rng, 8, sd=0.1)
    worse = [replace(c, found=c.found + 9) for c in first]
    found = compare_points(first, worse, names=("a", "b"), patients_known=True)
    assert found["outcome"] == "undetermined"
    assert "without an interval (32 points, 4 patients or images)" in found["verdict"]


def test_points_that_only_one_reader_found_are_not_compared(rng) -> None:
    first = made(rng, 20)
    second = [replace(c, found=np.full((4, 2), np.nan)) for c in first]
    none = compare_points(first, second, names=("a", "b"), patients_known=True)
    assert none["outcome"] == "undetermined"
    assert "no point or value that both have" in none["verdict"]


def test_the_entry_follows_the_published_schema(rng) -> None:
    cases = [replace(c, stated={"width": 40.0}) for c in made(rng)]
    definitions = read_definitions(WIDTH, NAMES, source="m.json")
    entry = landmark_evidence(cases, names=NAMES, patients_known=True, n_resamples=50)
    values = measured_values(cases, definitions, NAMES)
    entry["measurements"] = measurement_evidence(values, definitions, patients_known=True, n_resamples=50)
    entry["comparisons"] = [compare_points(cases, made(rng), names=("a", "b"), patients_known=True)]
    schema = evaluation_schema()
    located = {**schema["$defs"]["located_set"], "$defs": schema["$defs"]}
    jsonschema.validate(json.loads(json.dumps(entry, allow_nan=False)), located)
    del entry["sdr_curve"]["distance"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(entry, located)


def test_no_case() -> None:
    with pytest.raises(DataRefused, match="no case has points"):
        landmark_evidence([], names=NAMES, patients_known=False)
