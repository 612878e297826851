"""Which figures stand beside an opinion."""

from __future__ import annotations

from typing import Any

from thirdeye.case.reliance import Measured
from thirdeye.journey.validated.measured import measured_of


def metric(
    name: str, value: float | None, class_name: str | None = None, point: str | None = None
) -> dict[str, Any]:
    low, high = (None, None) if value is None else (value - 0.1, value + 0.1)
    return {
        "name": name, "class": class_name, "operating_point": point, "value": value, "ci_low": low,
        "ci_high": high, "n": 30,
    }  # fmt: skip


def evidence(task: str, *metrics: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"metrics": list(metrics), "length_unit": "mm", **more}
    return {"task": task, "sets": {"validation": entry, "test": {"metrics": [metric("auc", 0.9)]}}}


def test_structures_on_validation_cases() -> None:
    found = measured_of(
        evidence(
            "segmentation", metric("dice", 0.8, "liver"), metric("iou", 0.7, "liver"),
            metric("dice", None, "cyst"), metric("hd95_max_of_directed", 2.5, "liver"),
        )
    )  # fmt: skip
    assert found == (
        Measured("liver", "dice", 0.8, 0.7000000000000001, 0.9, 30),
        Measured("liver", "hd95_max_of_directed", 2.5, 2.4, 2.6, 30, unit="mm"),
    )


def test_boxes_at_the_operating_points_that_reading_can_use() -> None:
    found = measured_of(
        evidence(
            "detection", metric("lesion_sensitivity", 0.6, "cell", "fp_per_image_1"),
            metric("lesion_sensitivity", 0.9, "cell", "fp_per_image_4"), metric("ap50", 0.7, "cell"),
            metric("lesion_sensitivity", 0.8, "cell", "chosen_by_hand"),
        )
    )  # fmt: skip
    assert [(one.measure, one.value, one.point) for one in found] == [
        ("lesion_sensitivity", 0.6, "fp_per_image_1"), ("lesion_sensitivity", 0.9, "fp_per_image_4"),
    ]  # fmt: skip


def test_points_and_the_first_reference_of_each_measurement() -> None:
    angle = [
        {"measured": by, "metrics": [metric("mae_deg", value, "Cobb")]}
        for by, value in (("reference points", 1.0), ("network", 3.0), ("network", 9.0))
    ]
    found = measured_of(evidence("landmarks", metric("mre_px", 4.0, "L1"), measurements=angle))
    assert [(one.about, one.value, one.unit) for one in found] == [("L1", 4.0, "px"), ("Cobb", 3.0, "deg")]


def test_whole_images_on_the_test_part() -> None:
    assert [(one.measure, one.part) for one in measured_of(evidence("binary"))] == [("auc", "test")]


def test_a_study_without_evidence() -> None:
    assert measured_of({"task": "binary", "sets": {}}) == ()


def test_answers_on_whole_cases_have_figures_of_their_own() -> None:
    both = {"measures": [{"first": metric("auc", 0.95)}]}
    case = {"unit": "lesion", "metrics": [metric("auc", 0.92), metric("brier", 0.1)]}
    entry = {
        "metrics": [metric("auc", 0.9)], "by_case": case,
        "clinical": {"unit": "lesion", "kept": True, "comparisons": [both, {}, {}]},
    }  # fmt: skip
    found = measured_of({"task": "binary", "sets": {"test": entry}})
    told = [(one.per, one.value, one.part) for one in found]
    assert told == [("", 0.9, "test"), ("lesion", 0.92, "test"), ("lesion and variables", 0.95, "test")]
    entry["clinical"]["kept"] = False
    assert len(measured_of({"task": "binary", "sets": {"test": entry}})) == 2
