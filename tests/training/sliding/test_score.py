"""Sensitivity and false positives of peaks whose answers are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.score import false_per_image_at, score_peaks
from thirdeye.transform.sliding.peaks import Peaks


def _case(centres: list[tuple[float, float]], classes: list[int]) -> SlidingCase:
    n = len(centres)
    return SlidingCase(
        np.zeros((100, 100, 1), np.uint8),
        np.array(centres, float).reshape(n, 2),
        np.array(classes, np.int64),
        np.full(n, 10.0),
    )


def _peaks(*found: tuple[float, float, float, int]) -> Peaks:
    table = np.array(found, float).reshape(-1, 4)
    return Peaks(table[:, :2], table[:, 2], table[:, 3].astype(np.int64))


def test_two_images_by_hand() -> None:
    cases = [_case([(20, 20), (60, 60)], [1, 1]), _case([(40, 40)], [1])]
    found = [
        # (5, 5) cells of 4 pixels is the first object; beside it again: a false one; (15.5, 15) the second
        _peaks((5, 5, 0.9, 0), (5, 6, 0.8, 0), (15.5, 15, 0.6, 0)),
        _peaks((1, 1, 0.7, 0), (10, 10, 0.5, 0)),
    ]
    curve = score_peaks(cases, found, 4, 1).curves[0]
    np.testing.assert_allclose(curve.thresholds, [0.9, 0.8, 0.7, 0.6, 0.5])
    np.testing.assert_allclose(curve.sensitivity, [1 / 3, 1 / 3, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(curve.false_per_image, [0, 0.5, 1, 1, 1])
    assert false_per_image_at(curve, 2 / 3) == 1
    assert false_per_image_at(curve, 1 / 3) == 0
    score = score_peaks(cases, found, 4, 1).sensitivity
    assert score == pytest.approx((1 / 3 * 3 + 1 * 4) / 7)  # 1/8, 1/4, 1/2 and from 1 on


def test_the_class_must_be_right_and_classes_count_alike() -> None:
    cases = [_case([(20, 20), (60, 60)], [1, 2])]
    found = [_peaks((5, 5, 0.9, 0), (15, 15, 0.8, 0))]
    score = score_peaks(cases, found, 4, 2)
    assert score.sensitivity == pytest.approx((1 + 0) / 2)
    assert false_per_image_at(score.curves[1], 0.5) == float("inf")


def test_without_objects_there_is_no_score() -> None:
    assert np.isnan(score_peaks([_case([], [])], [_peaks()], 4, 1).sensitivity)
