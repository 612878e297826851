import numpy as np
import pytest
import torch
from torchvision.models.detection._utils import BoxCoder, BoxLinearCoder

from thirdeye.inference.detection.decode import (
    MOST_A_CLASS,
    chosen,
    clipped,
    from_deltas,
    from_distances,
    sigmoid,
    with_area,
)


def anchors_and_numbers(n: int = 50) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    corner, side = rng.uniform(0, 60, (n, 2)), rng.uniform(5, 30, (n, 2))
    boxes = np.concatenate([corner, corner + side], 1).astype(np.float32)
    return boxes, rng.normal(0, 1.5, (n, 4)).astype(np.float32)


def test_distances_are_decoded_as_torchvision_does() -> None:
    anchors, numbers = anchors_and_numbers()
    expected = BoxLinearCoder().decode(torch.from_numpy(numbers), torch.from_numpy(anchors)).numpy()
    assert from_distances(numbers, anchors) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (10.0, 5.0)])
def test_deltas_are_decoded_as_torchvision_does(weights: tuple[float, float]) -> None:
    anchors, numbers = anchors_and_numbers()
    numbers[0] = [0, 0, 90, 90]  # growth is bounded
    coder = BoxCoder((weights[0], weights[0], weights[1], weights[1]))
    expected = coder.decode_single(torch.from_numpy(numbers), torch.from_numpy(anchors)).numpy()
    assert from_deltas(numbers, anchors, weights) == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_sigmoid_of_large_logits_neither_overflows_nor_warns() -> None:
    logits = np.array([-1000.0, -2.0, 0.0, 2.0, 1000.0], np.float32)
    assert sigmoid(logits) == pytest.approx([0, 1 / (1 + np.exp(2)), 0.5, 1 / (1 + np.exp(-2)), 1], abs=1e-6)


def test_boxes_are_cut_at_the_edges_of_the_window() -> None:
    boxes = np.array([[-5, -1, 30, 50], [3, 4, 5, 6]], np.float32)
    assert clipped(boxes, (40, 20)).tolist() == [[0, 0, 20, 40], [3, 4, 5, 6]]


def test_of_each_class_the_highest_scores_go_on() -> None:
    scores = np.linspace(0.2, 1, 2 * (MOST_A_CLASS + 50), dtype=np.float32).reshape(2, -1).T.copy()
    places, classes = chosen(scores, 0.1)
    assert np.bincount(classes).tolist() == [MOST_A_CLASS, MOST_A_CLASS]
    for kind in (0, 1):
        column = scores[:, kind]
        worst = column[places[classes == kind]].min()
        assert worst >= 0.2
        assert (np.delete(column, places[classes == kind]) <= worst).all()
    places, classes = chosen(np.array([[0.05, 0.3], [0.2, 0.0]], np.float32), 0.1)
    assert list(zip(places.tolist(), classes.tolist(), strict=True)) == [(1, 0), (0, 1)]


def test_boxes_without_area_are_left_out() -> None:
    boxes = np.array([[0, 0, 0, 5], [0, 0, 5, 5], [3, 3, 9, 3]], np.float32)
    found = with_area(boxes, np.array([0.9, 0.5, 0.4], np.float32), np.array([0, 1, 1]))
    assert found.boxes.tolist() == [[0, 0, 5, 5]]
    assert found.classes.tolist() == [1]
