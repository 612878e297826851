from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from thirdeye.model.dense_network import DenseNetwork
from thirdeye.training.landmarks.lessons import CropLesson, WholeLesson, distance_record, some_of
from thirdeye.training.landmarks.patches import PatchTeaching
from thirdeye.training.landmarks.warp import Change
from thirdeye.transform.landmarks.canvas import Canvas
from thirdeye.transform.landmarks.looks import First, Second

CHANGE = Change(5.0, 0.1, 0.05, 0.0, ())
HOW = First(Canvas(64, 32, 0.0, 1, "range"), 2, 1.0, True, "local_mean", False, (), 0.0)
SECOND = Second(2.0, 32, 2, 1.0, 4.0, "local_mean")


class _Small(DenseNetwork):
    """A blur of the picture with a weight for each of two landmarks."""

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Conv2d(1, 2, 6, stride=2, padding=2)

    def answers(self, images: Tensor) -> list[Tensor]:
        return [self.see(images)]


def _spots(n: int, zoom: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Pictures with a bright spot and a dark one."""
    rng = np.random.default_rng(0)
    sides = (64 * zoom, 32 * zoom)
    rows, columns = np.indices(sides) + 0.5
    places = rng.uniform((8, 10), (24, 54), (n, 2, 2)) * zoom
    pictures = []
    for bright, dark in places:
        blobs = [np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (8 * zoom)) for x, y in (bright, dark)]
        pictures.append((blobs[0] - blobs[1])[None].astype(np.float32))
    return pictures, places


def _fitted(lesson: WholeLesson | CropLesson, steps: int) -> tuple[_Small, list[float]]:
    torch.manual_seed(0)
    network, rng = _Small(), np.random.default_rng(0)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.3)
    losses = []
    for _ in range(steps):
        loss = lesson.batch_loss(network, rng)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return network, losses


def test_a_bright_and_a_dark_spot_are_learnt_on_the_canvas() -> None:
    pictures, places = _spots(12, 1)
    places[0, 1] = np.nan
    lesson = WholeLesson(pictures, places, np.arange(8), np.arange(8, 12), HOW, CHANGE, "cross_entropy", 4)
    network, losses = _fitted(lesson, 40)
    assert losses[-1] < 0.8 * losses[0]
    assert lesson.checked(network)["validation_metric"] < 2.5


def test_the_expectation_tells_two_equal_spots_apart() -> None:
    pictures, places = _spots(12, 2)
    pictures = [np.abs(picture) for picture in pictures]
    expected = {row: places[row] + 1.5 for row in range(8, 12)}
    lesson = CropLesson(
        pictures, places, expected, np.arange(8), np.arange(8, 12), SECOND, Change(5.0, 0.1, 0.3, 0.0, ()), 6
    )
    network, losses = _fitted(lesson, 40)
    assert np.isfinite(losses).all()
    assert lesson.checked(network)["validation_metric"] < 1.9  # the first look's error is 2.1


def test_images_without_held_out_points_give_no_figure() -> None:
    assert distance_record([np.full(3, np.nan)]) == {}
    assert distance_record([]) == {}
    assert distance_record([np.array([1.0, np.nan]), np.array([3.0])]) == {"validation_metric": 2.0}


@pytest.mark.parametrize("n", [0, 3, 16, 40])
def test_some_are_at_most_sixteen(n: int) -> None:
    some = some_of(np.arange(n))
    assert len(some) == min(n, 16)
    assert len(set(some)) == len(some)


def test_spots_are_learnt_patch_by_patch() -> None:
    pictures, places = _spots(12, 1)
    lesson = WholeLesson(
        pictures, places, np.arange(8), np.arange(8, 12), HOW, CHANGE, "cross_entropy", 4,
        PatchTeaching(2.0, (4.0, 8.0), 1.0),
    )  # fmt: skip
    network, losses = _fitted(lesson, 60)
    assert np.mean(losses[-5:]) < 0.5 * losses[0]
    assert lesson.checked(network)["validation_metric"] < 3
