import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.detection.detections import Detections


def some() -> Detections:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 5, 4], [3, 0, 4, 9]])
    return Detections.ordered(boxes, np.array([0.2, 0.9, 0.2]), np.array([1, 0, 0]))


def test_the_most_certain_comes_first_and_equal_scores_keep_their_order() -> None:
    found = some()
    assert found.scores.tolist() == [0.9, 0.2, 0.2]
    assert found.boxes[:, 0].tolist() == [1, 0, 3]
    assert found.classes.tolist() == [0, 1, 0]
    assert found.boxes.dtype == np.float64
    assert found.classes.dtype == np.int64


def test_a_threshold_keeps_what_reaches_it() -> None:
    assert len(some().above(0.2)) == 3
    assert len(some().above(0.21)) == 1
    assert len(some().above(0.95)) == 0
    assert len(Detections.none().above(0.0)) == 0


def test_boxes_of_an_opinion_bear_their_names() -> None:
    first, second, _ = some().as_boxes(("cell", "platelet"))
    assert (first.name, first.score, first.x_min, first.y_max) == ("cell", 0.9, 1.0, 4.0)
    assert second.name == "platelet"


@pytest.mark.parametrize(
    ("boxes", "scores", "classes", "said"),
    [
        (np.zeros((2, 4)), np.array([0.1, 0.2]), np.zeros(2, np.int64), "these scores rise"),
        (np.zeros((2, 4)), np.array([0.2]), np.zeros(1, np.int64), "as many boxes"),
        (np.zeros((1, 3)), np.array([0.2]), np.zeros(1, np.int64), "as many boxes"),
        (np.zeros((1, 4)), np.array([0.2]), np.zeros(2, np.int64), "as many boxes"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(boxes, scores, classes, said) -> None:
    with pytest.raises(UsageError, match=said):
        Detections(boxes, scores, classes)
