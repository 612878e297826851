import numpy as np
import pytest

from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.fuse import fused


def found(*rows: tuple[float, ...]) -> Detections:
    values = np.array(rows, float).reshape(-1, 6)
    return Detections.ordered(values[:, :4], values[:, 4], values[:, 5].astype(int))


def test_boxes_that_agree_are_averaged_by_their_scores() -> None:
    one = found((0, 0, 10, 10, 0.8, 0))
    other = found((2, 0, 12, 10, 0.4, 0))  # IoU 8/12
    both = fused([one, other], most=10)
    assert both.boxes == pytest.approx(np.array([[2 / 3, 0, 10 + 2 / 3, 10]]))
    assert both.scores == pytest.approx([0.6])  # mean of two, seen by both


def test_what_one_reader_alone_saw_loses_score() -> None:
    both = fused([found((0, 0, 10, 10, 0.8, 0)), found((50, 50, 60, 60, 0.5, 0))], most=10)
    assert both.scores == pytest.approx([0.4, 0.25])


def test_classes_are_kept_apart() -> None:
    both = fused([found((0, 0, 10, 10, 0.8, 0)), found((0, 0, 10, 10, 0.6, 1))], most=10)
    assert both.classes.tolist() == [0, 1]
    assert both.scores == pytest.approx([0.4, 0.3])


def test_one_reader_is_left_as_it_is() -> None:
    one = found((0, 0, 10, 10, 0.8, 0), (1, 0, 10, 10, 0.7, 0))
    assert fused([one], most=10) is one


def test_nothing_and_too_much() -> None:
    assert len(fused([Detections.none(), Detections.none()], most=10)) == 0
    apart = found(*((20 * n, 0, 20 * n + 10, 10, 0.9 - n / 10, 0) for n in range(5)))
    assert len(fused([apart, apart], most=3)) == 3
