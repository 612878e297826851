"""What a batch is made of, and where its places lie."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thirdeye.training.sliding.cases import HardPlaces, SlidingCase
from thirdeye.training.sliding.draw import JITTER, Drawer

Tissue = Callable[..., list[SlidingCase]]


def _gaps(case: SlidingCase, place: np.ndarray) -> np.ndarray:
    return np.linalg.norm(case.centres - place, axis=1) / case.sides


def test_objects_lie_near_their_middle_and_negatives_away_from_every_one(tissue: Tissue) -> None:
    cases = tissue(6, 0)
    drawn = Drawer(cases, np.array([1, 3, 5]), HardPlaces.none()).draw(400, np.random.default_rng(0))
    assert set(drawn.rows.tolist()) == {1, 3, 5}
    assert (drawn.classes > 0).sum() == 160  # four in ten
    for row, place, kind in zip(drawn.rows, drawn.places, drawn.classes, strict=True):
        gaps = _gaps(cases[row], place)
        if kind:
            nearest = int(gaps.argmin())
            assert gaps[nearest] <= JITTER + 0.1
            assert cases[row].classes[nearest] == kind
        else:
            assert gaps.min() > 0.4
            assert (place >= 0).all()
            assert (place <= 128).all()


def test_hard_places_make_up_half_of_the_negatives_by_how_sure_they_were(tissue: Tissue) -> None:
    cases = tissue(3, 0)
    hard = HardPlaces(np.array([0, 2]), np.array([[10.0, 10.0], [100.0, 20.0]]), np.array([0.9, 0.3]))
    drawn = Drawer(cases, np.arange(3), hard).draw(1000, np.random.default_rng(0))
    near = [
        int(
            (np.abs(drawn.places[(drawn.rows == row) & (drawn.classes == 0)] - place) <= 2.6)
            .all(axis=1)
            .sum()
        )
        for row, place in zip(hard.rows, hard.places, strict=True)
    ]
    assert 290 <= sum(near) <= 330  # 600 negatives, half of them hard, some more by chance
    assert 2.2 < near[0] / near[1] < 4.2


def test_images_without_objects_give_negatives_alone(tissue: Tissue) -> None:
    empty = [
        SlidingCase(case.pixels, np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))
        for case in tissue(2, 0)
    ]
    drawn = Drawer(empty, np.arange(2), HardPlaces.none()).draw(20, np.random.default_rng(0))
    assert len(drawn.rows) == 20
    assert not drawn.classes.any()


def test_rare_classes_are_drawn_more_often_than_they_occur() -> None:
    pixels = np.zeros((200, 200, 1), np.uint8)
    centres = np.stack([np.linspace(10, 190, 17), np.full(17, 100.0)], axis=1)
    case = SlidingCase(pixels, centres, np.array([1] * 16 + [2]), np.full(17, 8.0))
    drawn = Drawer([case], np.array([0]), HardPlaces.none()).draw(2500, np.random.default_rng(0))
    share = (drawn.classes == 2).sum() / (drawn.classes > 0).sum()
    assert 0.16 < share < 0.24  # one in seventeen occurs, one in five is drawn: 1 : sqrt(16)
