from __future__ import annotations

import sys
from pathlib import Path

import jsonschema
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.box_comparison import compare_boxes
from thirdeye.evaluation.box_evidence import box_evidence, case_auc
from thirdeye.evaluation.box_points import choose_box_points
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.document import evaluation_document, evaluation_schema

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance, by_hand, case


def test_the_entry_follows_the_schema() -> None:
    patients = {f"i{k}": f"p{k // 2}" for k in range(30)}
    boxes = box_set(by_chance(30), classes=CLASSES, clusters=patients)
    other = box_set(by_chance(30, seed=5), classes=CLASSES, clusters=patients)
    entry = box_evidence(
        boxes, points=choose_box_points(other), patients=patients, excluded={"no box": 2}, n_resamples=50
    )
    entry["comparisons"] = [compare_boxes(boxes, other, n_resamples=50)]
    document = evaluation_document(
        task="detection", positive=None, unit="image", classes=CLASSES, sets={"test": entry}
    )
    jsonschema.validate(document, evaluation_schema())
    assert (entry["n"], entry["n_patients"]) == (30, 15)
    assert sum(entry["n_by_class"].values()) == entry["n_lesions"] == len(entry["lesions"])
    assert all(m["n_excluded"]["no box"] == 2 for m in entry["metrics"])
    assert sum(one["lesions"] for one in entry["cases"]) == entry["n_lesions"]
    keys = [(m["name"], m["class"], m["operating_point"]) for m in entry["metrics"]]
    assert len(keys) == len(set(keys))
    main = next(p["threshold"] for p in entry["operating_points"] if p["name"] == "fp_per_image_1")
    assert sum(one["found"] for one in entry["cases"]) == sum(
        one["score"] is not None and one["score"] >= main for one in entry["lesions"]
    )


def test_without_points_and_without_marks() -> None:
    silent = box_set([case("a", [(0, 0, 9, 0)], []), case("b", [], [])], classes=CLASSES, clusters=None)
    entry = box_evidence(silent, n_resamples=20)
    assert entry["operating_points"] == entry["mistakes"] == entry["false_alarms"] == []
    assert entry["n_patients"] is None
    values = {(m["name"], m["class"]): m["value"] for m in entry["metrics"]}
    assert values["ap50", None] == values["froc_score", None] == 0
    assert "operating_point" not in entry["cases"][0]


def test_patients_by_their_highest_mark() -> None:
    """a and b are of p, who has lesions; c, of q, has none; d, of r, has one."""
    patients = {"a": "p", "b": "p", "c": "q", "d": "r"}
    found = {m.class_name: m for m in case_auc(box_set(by_hand(), classes=CLASSES, clusters=patients))}
    assert found[None].name == "patient_auc"
    assert (found[None].n_pos, found[None].n_neg, found[None].value) == (2, 1, 1)
    # A platelet is only in p, who has no such mark; q has one: ranked the wrong way; r has none: a tie.
    assert found["platelet"].value == pytest.approx(0.25)
    by_image = case_auc(box_set(by_hand(), classes=CLASSES, clusters=None))[-1]
    assert (by_image.name, by_image.n_pos, by_image.n_neg) == ("image_auc", 3, 1)
    expected = auc([1, 1, 0, 1], [0.9, 0.7, 0.3, 0.4])
    assert (by_image.value, by_image.ci_low) == (expected.value, expected.ci_low)


def test_lesions_everywhere_leave_the_roc_undefined() -> None:
    everywhere = box_set([case("a", [(0, 0, 9, 0)], [(0, 0, 9, 0, 0.5)])], classes=("cell",), clusters=None)
    (only,) = case_auc(everywhere)
    assert (only.status, only.reason) == ("undefined", "one class only: 1 positive and 0 negative cases")


def test_an_image_without_a_patient_is_refused() -> None:
    with pytest.raises(UsageError, match="1 images have no patient, d among them"):
        box_set(by_hand(), classes=CLASSES, clusters={"a": "p", "b": "p", "c": "q"})
