"""Patches drawn class by class: as many of each, in cases that hold it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from thirdeye.training.dense.difficulty import Difficulty
from thirdeye.training.dense.drawing import Drawing
from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.material import DenseCase, dense_case


def cases() -> list[DenseCase]:
    """Four of 20 x 20 with a rim that takes no part; the rare class 2 has three pixels in one of them."""
    made = []
    for index in range(4):
        target = np.zeros((20, 20), np.uint8)
        target[5:9, 5:9] = 1
        target[:2] = IGNORED
        if index == 3:
            target[15, 10:13] = 2
        image = np.zeros((1, 20, 20), np.float32)
        made.append(dense_case(image, target, n_structures=2, background=True))
    return made


def drawn(sides: tuple[int, ...], rows: list[int], count: int = 300) -> list[tuple[int, np.ndarray]]:
    drawing = Drawing(cases(), Difficulty(np.array(rows), 0.0), sides, "classes", 0.5)
    return list(drawing.draw(count, np.random.default_rng(0)))


def test_single_places_are_of_each_class_as_often() -> None:
    made, found = cases(), drawn((1, 1), [0, 1, 2, 3])
    counts = Counter(int(made[row].target[tuple(centre.astype(int))]) for row, centre in found)
    assert counts == {0: 100, 1: 100, 2: 100}
    assert {row for row, _ in found} == {0, 1, 2, 3}


def test_a_class_that_no_case_holds_is_left_out() -> None:
    made, found = cases(), drawn((1, 1), [0, 2])
    counts = Counter(int(made[row].target[tuple(centre.astype(int))]) for row, centre in found)
    assert counts == {0: 150, 1: 150}
    assert {row for row, _ in found} == {0, 2}


@pytest.mark.parametrize("sides", [(8, 8), (7, 11)])
def test_whole_patches_stay_within_the_image(sides: tuple[int, int]) -> None:
    for _, centre in drawn(sides, [0, 3]):
        start = centre + 0.5 - np.array(sides) / 2
        assert (start >= -0.5).all()
        assert (start + sides <= 20.5).all()
