from __future__ import annotations

import json

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.detection import (
    Detection,
    average_precision,
    box_iou,
    match,
    mean_average_precision,
)


@pytest.fixture
def known_boxes(shared_reference):
    return json.loads((shared_reference / "stats" / "detection_landmarks.json").read_text())


def made(case: dict) -> list[Detection]:
    return [Detection(one["image"], tuple(one["box"]), one["score"]) for one in case["detections"]]


@pytest.mark.data
@pytest.mark.parametrize("iou", ["0.1", "0.5", "0.75"])
def test_known_answers(known_boxes, iou) -> None:
    case = known_boxes["ap"]
    told = case["expected"][iou]
    found = match(case["ground_truth"], made(case), iou=float(iou))
    assert found.hits.astype(int).tolist() == told["order_flags"]
    names = {"all_points": "voc_all_point", "coco_101": "coco_101", "step": "step_uninterpolated"}
    for kind, name in names.items():
        value = average_precision(found, interpolation=kind).value
        assert value == pytest.approx(told[name], rel=1e-9)


@pytest.mark.data
def test_as_pycocotools(known_boxes) -> None:
    case = known_boxes["ap"]
    found = mean_average_precision(case["ground_truth"], made(case))
    assert found.value == pytest.approx(case["coco_pycocotools"]["ap_50_95"], abs=1e-9)


def test_no_box_and_no_detection() -> None:
    lone = match({"a": []}, [Detection("a", (0, 0, 1, 1), 0.5)], iou=0.5)
    assert average_precision(lone).status == "undefined"
    assert mean_average_precision({"a": []}, []).value is None
    assert average_precision(match({"a": [(0, 0, 1, 1)]}, [], iou=0.5)).value == 0


def test_a_box_is_met_once() -> None:
    twice = [Detection("a", (0, 0, 10, 10), 0.9), Detection("a", (0, 0, 10, 10), 0.8)]
    assert match({"a": [(0, 0, 10, 10)]}, twice, iou=0.5).hits.tolist() == [True, False]


def test_the_free_box_with_the_largest_overlap_is_taken() -> None:
    truth = {"a": [(0, 0, 10, 10), (2, 0, 12, 10)]}
    found = match(truth, [Detection("a", (2, 0, 12, 10), 0.9), Detection("a", (1, 0, 11, 10), 0.8)], iou=0.5)
    assert found.hits.tolist() == [True, True]


def test_iou() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 5, 9]], float)
    assert box_iou(boxes, boxes) == pytest.approx(np.array([[1, 1 / 7, 0], [1 / 7, 1, 0], [0, 0, 0]]))


def test_refusals() -> None:
    with pytest.raises(UsageError, match="IoU"):
        match({}, [], iou=0)
    with pytest.raises(DataRefused, match="image 'b', which is not among the 1"):
        match({"a": []}, [Detection("b", (0, 0, 1, 1), 0.5)], iou=0.5)
    with pytest.raises(DataRefused, match="score nan"):
        match({"a": []}, [Detection("a", (0, 0, 1, 1), float("nan"))], iou=0.5)


def test_eleven_points_by_hand() -> None:
    """Hits and misses 1, 0, 1 of ten boxes: recall 0.1, 0.1, 0.2; envelope 1, 2/3, 2/3."""
    truth = {"a": [(20 * i, 0, 20 * i + 10, 10) for i in range(10)]}
    found = [
        Detection("a", (20 * i, 0, 20 * i + 10, 10), score) for i, score in ((0, 0.9), (30, 0.8), (1, 0.7))
    ]
    metric = average_precision(match(truth, found, iou=0.5), interpolation="voc_11")
    assert metric.value == pytest.approx((1 + 1 + 2 / 3) / 11)


def test_the_iou_is_told_and_the_interval_draws_images() -> None:
    truth = {at: [(0, 0, 10, 10)] for at in range(30)}
    rng = np.random.default_rng(0)
    found = [Detection(at, (0, 0, 10, 10 if at % 3 else 3), float(rng.random())) for at in range(30)]
    for metric in (
        average_precision(match(truth, found, iou=0.5)),
        mean_average_precision(truth, found, n_resamples=200),
    ):  # fmt: skip
        assert (metric.status, metric.n, metric.n_clusters) == ("ok", 30, 30)
        assert 0 < metric.ci_low < metric.value < metric.ci_high <= 1
    assert average_precision(match(truth, found, iou=0.5)).details["iou"] == 0.5
