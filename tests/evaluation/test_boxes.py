from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.boxes import FALSE, HIT, REPEAT, BoxCase, match_boxes
from thirdeye.evaluation.detection import Detection, average_precision, match
from thirdeye.evaluation.froc import froc_curve

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import by_chance, by_hand, case


def test_by_hand() -> None:
    found = match_boxes(by_hand(), n_classes=2)
    assert found.score.tolist() == [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    assert found.outcome.tolist() == [HIT, REPEAT, FALSE, FALSE, HIT, FALSE, FALSE]
    assert [found.cases[c] for c in found.case] == ["a", "a", "b", "a", "b", "d", "c"]
    assert found.lesion_score.tolist()[::2] == [0.9, 0.5]
    assert np.isnan(found.lesion_score[[1, 3]]).all()
    assert found.iou_any[3] == 1.0  # on the platelet, but called a cell
    assert found.nearest.tolist() == [0, 0, -1, 1, 2, 3, -1]
    assert found.iou_any[5] == pytest.approx(1 / 3)
    assert found.lesions_per_case().tolist() == [2, 1, 0, 1]
    assert found.lesions_per_case(1).tolist() == [1, 0, 0, 0]


def test_a_repeat_is_wrong_for_precision_and_nothing_for_a_froc() -> None:
    found = match_boxes(by_hand(), n_classes=2)
    assert found.matched(0).hits.tolist() == [True, False, False, False, True, False]
    marks = found.marks(0)
    assert marks.false_score.tolist() == [0.7, 0.6, 0.4]
    assert froc_curve(marks).sensitivity[-1] == pytest.approx(2 / 3)


@pytest.mark.parametrize("iou", [0.3, 0.5, 0.75])
def test_as_the_matching_of_one_class(iou: float) -> None:
    """An independent path: `detection.match` takes all images at once, by the global order of scores."""
    cases = by_chance(40, noise=6.0, false=8)
    ours = match_boxes(cases, n_classes=2, iou=iou)
    for code in (0, 1):
        truth = {c.name: c.truth[c.truth_classes == code].tolist() for c in cases}
        marks = [
            Detection(c.name, tuple(box), score)
            for c in cases
            for box, score in zip(
                c.boxes[c.classes == code].tolist(), c.scores[c.classes == code], strict=True
            )
        ]
        theirs, mine = match(truth, marks, iou=iou), ours.matched(code)
        assert mine.hits.tolist() == theirs.hits.tolist()
        assert mine.images == theirs.images
        assert mine.boxes.tolist() == theirs.boxes.tolist()


@pytest.mark.data
@pytest.mark.parametrize("iou", ["0.1", "0.5", "0.75"])
def test_known_answers(shared_reference, iou: str) -> None:
    told = json.loads((shared_reference / "stats" / "detection_landmarks.json").read_text())["ap"]
    cases = []
    for name, truth in told["ground_truth"].items():
        marks = [one for one in told["detections"] if one["image"] == name]
        boxes, scores = [one["box"] for one in marks], [one["score"] for one in marks]
        cases.append(BoxCase(name, truth, [0] * len(truth), boxes, scores, [0] * len(boxes)))
    found = match_boxes(cases, n_classes=1, iou=float(iou))
    answer = told["expected"][iou]
    assert (found.outcome == HIT).astype(int).tolist() == answer["order_flags"]
    value = average_precision(found.matched(0), interpolation="coco_101").value
    assert value == pytest.approx(answer["coco_101"], rel=1e-9)
    if iou != "0.1":
        at = {0.5: 1, 0.75: 2}[float(iou)]
        assert value == pytest.approx(told["coco_pycocotools"]["ap101"][at], rel=1e-9)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"truth": [[5, 5, 5, 9]], "truth_classes": [0]}, "no extent"),
        ({"truth": [[9, 5, 5, 9]], "truth_classes": [0]}, "no extent"),
        ({"boxes": [[0, 0, 1]]}, "corners"),
        ({"scores": [float("nan")]}, "not finite"),
        ({"classes": [0, 1]}, "unequal length"),
        ({"classes": [0.5]}, "not a count"),
        ({"boxes": [[0, 0, float("inf"), 1]]}, "finite|number"),
    ],
)
def test_boxes_that_cannot_be(change: dict, says: str) -> None:
    right = {
        "name": "x", "truth": [[0, 0, 4, 4]], "truth_classes": [0], "boxes": [[0, 0, 4, 4]], "scores": [0.5],
        "classes": [0],
    }  # fmt: skip
    assert match_boxes([BoxCase(**right)], n_classes=1).outcome.tolist() == [HIT]
    with pytest.raises((DataRefused, UsageError), match=says):
        BoxCase(**right | change)


def test_refusals() -> None:
    with pytest.raises(UsageError, match="IoU"):
        match_boxes(by_hand(), n_classes=2, iou=0)
    with pytest.raises(UsageError, match="class 1, but classes are 0 to 0"):
        match_boxes(by_hand(), n_classes=1)
    with pytest.raises(UsageError, match="name of its own"):
        match_boxes([case("a", [], []), case("a", [], [])], n_classes=1)
    with pytest.raises(UsageError, match="one image or more"):
        match_boxes([], n_classes=1)
