from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

import jsonschema
import numpy as np
import PIL.Image
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.journey.detection.judging import judged_test, judged_validation
from thirdeye.journey.detection.validating import PREDICTIONS_COLUMNS, evaluate_detection

sys.path.insert(0, str(Path(__file__).parent))
from phantom_study import KnowingDetector, phantom_data, phantom_study


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        study, dataset, _ = phantom_study(tmp_path_factory.mktemp("boxes"), patch)
        events = []
        document, predictions = evaluate_detection(study, dataset, tell=events.append)
        return study, dataset, document, list(csv.DictReader(io.StringIO(predictions))), events


def test_the_document(measured) -> None:
    _, dataset, document, _, events = measured
    jsonschema.validate(document, evaluation_schema())
    test = document["sets"]["test"]
    assert (test["n"], test["n_patients"]) == (9, dataset.part("test")["patient"].nunique())
    assert test["n_excluded"] == {"a box without width or height": 1}
    assert set(document["sets"]) == {"test", "validation"}
    assert document["sets"]["validation"]["n"] == 27
    assert events[-1].kind == "progress"
    assert [one for one in test["warnings"] if "read by all 2 together" in one]


def test_points_come_from_validation_and_hold_in_both(measured) -> None:
    sets = measured[2]["sets"]
    points = [p["threshold"] for p in sets["validation"]["operating_points"]]
    assert [p["threshold"] for p in sets["test"]["operating_points"]] == points
    assert {p["origin"] for p in sets["test"]["operating_points"]} == {"tuned_on_validation"}
    told = {(m["name"], m["class"], m["operating_point"]): m["value"] for m in sets["validation"]["metrics"]}
    rate = told["false_positives_per_image", None, "fp_per_image_1"]
    assert 0.9 <= rate <= 1


def test_the_traditional_technique_is_compared_on_the_same_images(measured) -> None:
    document = measured[2]
    (comparison,) = document["sets"]["test"]["comparisons"]
    assert (comparison["first"], comparison["second"]) == ("network", "traditional technique")
    assert comparison["n"] == 9
    assert document["traditional"]["n_features"] == 1000
    found = next(m for m in comparison["measures"] if m["name"] == "ap50" and m["class"] is None)["second"]
    assert found["value"] > 0.3  # ellipses on a noisy ground are no riddle


def test_another_annotator_is_a_reader(measured) -> None:
    (reader,) = measured[2]["sets"]["test"]["readers"]
    assert reader["name"] == "annotator second"
    values = {(m["name"], m["class"]): m["value"] for m in reader["metrics"]}
    assert 0.6 < values["lesion_sensitivity", None] < 1
    assert values["false_positives_per_image", None] == 0
    assert [m["name"] for m in reader["network_minus_reader"]] == [
        "lesion_sensitivity_difference", "false_positives_per_image_difference",
    ]  # fmt: skip


def test_every_box_is_in_the_table(measured) -> None:
    _, _, document, rows, _ = measured
    assert tuple(rows[0]) == PREDICTIONS_COLUMNS
    test = [row for row in rows if (row["split"], row["source"]) == ("test", "network")]
    lesions = [row for row in test if row["outcome"] in ("hit", "missed")]
    assert len(lesions) == document["sets"]["test"]["n_lesions"]
    assert {row["source"] for row in rows} == {"network", "traditional"}
    assert all(row["score"] == "" for row in rows if row["outcome"] == "missed")


def test_examples_are_drawn_into_the_study(measured) -> None:
    study, _, document, _, _ = measured
    drawn = document["sets"]["test"]["drawn"]
    assert {one["kind"] for one in drawn} <= {"missed", "false alarm"}
    for one in drawn:
        with PIL.Image.open(study.path(one["picture"])) as picture:
            assert min(picture.size) > 100
            colours = np.asarray(picture.convert("RGB")).reshape(-1, 3)
        blue = (np.abs(colours.astype(int) - (64, 200, 255)).sum(axis=1) == 0).sum()
        assert blue > 20 or one["kind"] == "missed"


def test_detections_of_other_rows_are_refused(tmp_path, monkeypatch) -> None:
    study, dataset, table = phantom_study(tmp_path, monkeypatch)
    fewer = dataset.rows[dataset.rows["split"] != "train"]
    from dataclasses import replace

    with pytest.raises(StudyMismatch, match="tells of image 26 of 9"):
        judged_validation(study, replace(dataset, rows=fewer), table)
    study.path("runs/validation.npz").unlink()
    with pytest.raises(StudyMismatch, match="train it again"):
        judged_validation(study, dataset, table)


def test_an_image_without_a_box_is_judged(tmp_path) -> None:
    dataset, table = phantom_data(tmp_path)
    judged = judged_test(dataset, table, KnowingDetector(table).find, told=lambda *_: None)
    counts = {case.name: len(case.truth) for case in judged.cases}
    assert min(counts.values()) == 0
    assert len(counts) == 9
