from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.box_tables import case_rows, false_alarms, lesion_rows, mistakes, size_groups
from thirdeye.evaluation.threshold import Threshold

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance, by_hand, case

POINT = Threshold("here", 0.45, "prespecified")


@pytest.fixture
def boxes():
    return box_set(by_hand(), classes=CLASSES, clusters=None)


def test_lesions(boxes) -> None:
    rows = lesion_rows(boxes, [POINT])
    assert [(one["case"], one["class"], one["score"]) for one in rows] == [
        ("a", "cell", 0.9), ("a", "platelet", None), ("b", "cell", 0.5), ("d", "cell", None),
    ]  # fmt: skip
    assert [one["found"]["here"] for one in rows] == [True, False, True, False]
    assert [one["size_px"] for one in rows] == [10, 4, 20, 12]
    assert rows[2]["iou"] == pytest.approx(19 / 21)
    assert rows[1]["iou"] is None


def test_cases(boxes) -> None:
    rows = case_rows(boxes, POINT, {"a": "p", "b": "p", "c": "q", "d": "r"})
    keys = ("case", "patient", "lesions", "found", "missed", "false_positives", "score")
    assert [tuple(one[key] for key in keys) for one in rows] == [
        ("a", "p", 2, 1, 1, 1, 0.9),
        ("b", "p", 1, 1, 0, 1, 0.7),
        ("c", "q", 0, 0, 0, 0, 0.3),
        ("d", "r", 1, 0, 1, 0, 0.4),
    ]
    assert "found" not in case_rows(boxes, None, None)[0]
    nothing = box_set([case("x", [], [])], classes=CLASSES, clusters=None)
    assert case_rows(nothing, None, None) == [{"case": "x", "lesions": 0, "score": None}]


def test_false_alarms_and_their_kinds(boxes) -> None:
    found = false_alarms(boxes)
    assert [(one["case"], one["score"], one["kind"]) for one in found] == [
        ("b", 0.7, "background"), ("a", 0.6, "other class"), ("d", 0.4, "wrong place"),
        ("c", 0.3, "background"),
    ]  # fmt: skip
    assert len(false_alarms(boxes, most=2)) == 2
    told = {"operating_point": "here", "hits": 2, "background": 1, "wrong_place": 0, "other_class": 1}
    assert mistakes(boxes, POINT) == told


def test_thirds_by_size() -> None:
    boxes = box_set(by_chance(60), classes=CLASSES, clusters=None)
    groups = size_groups(boxes, [POINT])
    assert [one["name"] for one in groups] == ["small", "medium", "large"]
    counts = [one["n"] for one in groups]
    assert sum(counts) == len(boxes.matches.lesion_class)
    assert max(counts) - min(counts) <= 1
    for one, following in pairwise(groups):
        assert one["largest_px"] < following["smallest_px"]
    whole = sum(m["metrics"][0]["value"] * m["n"] for m in groups) / sum(counts)
    rows = lesion_rows(boxes, [POINT])
    assert whole == pytest.approx(sum(one["found"]["here"] for one in rows) / len(rows))


def test_lesions_of_one_size_are_one_group() -> None:
    alike = [case(f"i{k}", [(0, 0, 9, 0)], []) for k in range(5)]
    groups = size_groups(box_set(alike, classes=CLASSES, clusters=None), [POINT])
    assert [(one["name"], one["n"]) for one in groups] == [("small", 5)]
    assert size_groups(box_set([case("x", [], [])], classes=CLASSES, clusters=None), [POINT]) == []
