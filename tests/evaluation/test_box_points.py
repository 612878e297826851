from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.box_points import choose_box_points, point_metrics
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.froc import FrocMarks, threshold_for_false_positives
from thirdeye.evaluation.threshold import Threshold

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance, by_hand, case


@pytest.mark.parametrize(
    ("rate", "threshold"),
    [(0, 0.8), (0.25, 0.65), (0.5, 0.45), (0.75, 0.35), (1, 0.3), (8, 0.3)],
)
def test_threshold_by_hand(rate: float, threshold: float) -> None:
    """False marks at 0.7, 0.6, 0.4, 0.3 in four images; hits at 0.9 and 0.5; the repeat at 0.8 is neither."""
    marks = box_set(by_hand(), classes=CLASSES, clusters=None).matches.marks()
    assert threshold_for_false_positives(marks, rate=rate) == pytest.approx(threshold)


def test_thresholds_at_the_ends() -> None:
    nothing = FrocMarks([], [], [], [], [1, 0])
    assert threshold_for_false_positives(nothing, rate=1) == 0
    false = FrocMarks([], [], [0], [0.9], [1, 0])
    assert threshold_for_false_positives(false, rate=0) > 0.9
    tied = FrocMarks([0], [0.5], [0, 1, 1], [0.5, 0.5, 0.5], [1, 0])
    assert threshold_for_false_positives(tied, rate=1) > 0.5  # the hit cannot be had without its ties
    for rate in (-1, float("nan"), float("inf")):
        with pytest.raises(UsageError, match=r"false positives per image: .* cannot be"):
            threshold_for_false_positives(false, rate=rate)
    with pytest.raises(UsageError, match="there is none"):
        threshold_for_false_positives(FrocMarks([], [], [], [], []), rate=1)


def test_points_keep_their_promise_on_the_data_they_were_chosen_on() -> None:
    boxes = box_set(by_chance(60, false=12), classes=CLASSES, clusters=None)
    points = choose_box_points(boxes)
    assert [one["name"] for one in points] == ["fp_per_image_1_4", "fp_per_image_1", "fp_per_image_4"]
    for one, rate in zip(points, (0.25, 1, 4), strict=True):
        assert one["origin"] == "tuned_on_validation"
        reached = one["false_positives_per_image"]["value"]
        assert rate - 1 / 60 - 1e-9 <= reached <= rate
    found = [one["sensitivity"]["value"] for one in points]
    assert found == sorted(found)
    assert choose_box_points(box_set([case("a", [], [])], classes=CLASSES, clusters=None)) == []


def test_what_is_reached_by_hand() -> None:
    """At 0.45: hits 0.9 and 0.5, a repeat at 0.8, false at 0.7 and 0.6; c without a lesion has no mark."""
    boxes = box_set(by_hand(), classes=CLASSES, clusters=None)
    point = Threshold("here", 0.45, "prespecified")
    found = {(m.name, m.class_name): m for m in point_metrics(boxes, point, n_resamples=100)}
    assert found["lesion_sensitivity", None].value == 2 / 4
    assert found["lesion_sensitivity", "cell"].value == 2 / 3
    assert found["lesion_sensitivity", "platelet"].value == 0
    assert found["lesion_ppv", None].value == 2 / 4
    assert found["lesion_ppv", "platelet"].status == "undefined"
    assert found["false_positives_per_image", None].value == 2 / 4
    assert found["false_positives_per_image", "platelet"].value == 0
    assert found["case_sensitivity", None].value == 2 / 3  # d has only a mark of 0.4
    assert found["case_specificity", None].value == 1
    assert found["case_ppv", None].value == 1
    assert found["case_npv", None].value == 1 / 2  # c has none, d has one
    assert not any(name.startswith("image_") for name, _ in found)  # an image is the case itself
    for metric in found.values():
        assert (metric.operating_point, metric.threshold) == ("here", 0.45)


def test_false_positives_vary_as_a_mean_of_images_does() -> None:
    boxes = box_set(by_chance(200, false=10), classes=CLASSES, clusters=None)
    point = Threshold("here", 0.3, "prespecified")
    metric = next(
        m
        for m in point_metrics(boxes, point)
        if m.name == "false_positives_per_image" and m.class_name is None
    )
    matches = boxes.matches
    false = np.bincount(matches.case[(matches.outcome == 0) & (matches.score >= 0.3)], minlength=200)
    half = 1.96 * false.std(ddof=1) / np.sqrt(200)
    assert metric.value == pytest.approx(false.mean())
    assert metric.ci_low == pytest.approx(false.mean() - half, abs=0.15 * half)
    assert metric.ci_high == pytest.approx(false.mean() + half, abs=0.15 * half)


def test_a_patient_is_positive_if_any_image_is() -> None:
    """By hand at 0.45: p (a: lesions, marked; c: none, unmarked), q (b: lesion?, d: lesion, unmarked)."""
    cases = by_hand()
    clusters = dict(zip([one.name for one in cases], ("p", "q", "p", "q"), strict=True))
    boxes = box_set(cases, classes=CLASSES, clusters=clusters)
    found = {
        m.name: m for m in point_metrics(boxes, Threshold("here", 0.45, "prespecified"), n_resamples=100)
    }
    assert (found["case_sensitivity"].value, found["case_sensitivity"].n) == (1, 2)
    assert found["case_specificity"].status == found["case_npv"].status == "undefined"
    assert found["case_ppv"].value == 1
    assert (found["image_sensitivity"].value, found["image_sensitivity"].n_clusters) == (2 / 3, 2)
    assert found["image_specificity"].value == found["image_ppv"].value == 1
    assert found["image_npv"].value == 1 / 2
