"""Counted things: a mark near a lesion's middle is right, however large its box."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.box_middles import middle_metrics
from thirdeye.evaluation.box_set import BoxSet, box_set
from thirdeye.evaluation.boxes import BoxCase, middle_closeness
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import Threshold


def _case(name: str, truth: list[list[float]], boxes: list[list[float]], scores: list[float]) -> BoxCase:
    kinds = [np.zeros(len(some), np.int64) for some in (truth, boxes)]
    return BoxCase(name, np.array(truth), kinds[0], np.array(boxes), np.array(scores), kinds[1])


def _square(x: float, y: float, side: float) -> list[float]:
    return [x - side / 2, y - side / 2, x + side / 2, y + side / 2]


@pytest.fixture
def boxes() -> BoxSet:
    """Lesions of side 40; marks 19 and 21 pixels beside a middle, a tiny one on it, one far off."""
    lesions = [_square(100, 100, 40), _square(300, 100, 40), _square(500, 100, 40)]
    marks = [_square(119, 100, 40), _square(321, 100, 40), _square(500, 100, 4), _square(700, 300, 40)]
    one = _case("a", lesions, marks, [0.9, 0.8, 0.7, 0.6])
    none = _case("b", [], [_square(50, 50, 40)], [0.3])
    return box_set([one, none], classes=("mitosis",), clusters=None)


def _found(boxes: BoxSet, threshold: float) -> dict[str, Metric]:
    point = Threshold("here", threshold, "prespecified")
    metrics = middle_metrics(boxes, [point], n_resamples=200)
    return {one.name: one for one in metrics if one.class_name is None}


def test_a_hit_lies_within_half_a_side_of_the_middle(boxes: BoxSet) -> None:
    found = _found(boxes, 0.5)
    # hits: 19 px beside, and the tiny one; false: 21 px beside, and far off; one lesion is missed
    assert found["middle_sensitivity"].value == pytest.approx(2 / 3)
    assert found["middle_ppv"].value == pytest.approx(2 / 4)
    assert found["middle_f1"].value == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    assert "half the lesion's side" in (found["middle_f1"].convention or "")
    assert _found(boxes, 0.85)["middle_ppv"].value == 1.0


def test_ranked_over_the_false_alarms_of_all_images(boxes: BoxSet) -> None:
    # two images: one false mark comes before the second hit, at 0.5 an image; sensitivity 1/3, then 2/3
    rates = (0.125, 0.25, 0.5, 1, 2, 4, 8)
    expected = np.mean([1 / 3 if rate < 0.5 else 2 / 3 for rate in rates])
    assert _found(boxes, 0.5)["middle_froc_score"].value == pytest.approx(expected)


def test_nothing_there_and_nothing_marked_is_undefined() -> None:
    empty = box_set([_case("a", [], [], [])], classes=("mitosis",), clusters=None)
    found = _found(empty, 0.5)
    assert all(one.value is None for one in found.values())
    assert all(one.reason for one in found.values())


def test_closeness_is_one_on_the_middle_and_half_at_half_a_side() -> None:
    lesions = np.array([_square(100, 100, 40)])
    marks = np.array([_square(100, 100, 5), _square(120, 100, 40), _square(100, 180, 40)])
    np.testing.assert_allclose(middle_closeness(marks, lesions)[:, 0], [1, 0.5, 0])
