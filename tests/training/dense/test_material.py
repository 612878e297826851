"""Where patches are put, and what they hold for certain."""

from __future__ import annotations

import numpy as np

from thirdeye.training.dense.losses import IGNORED
from thirdeye.training.dense.material import MOST_PLACES, dense_case, draw_centre


def case(sides=(40, 60), places=((5, 7), (30, 50))):
    target = np.zeros(sides, np.uint8)
    for number, place in enumerate(places, start=1):
        target[place] = number
    return dense_case(np.zeros((1, *sides), np.float32), target, n_structures=len(places))


def holds(centre, size, place):
    start = np.floor(np.asarray(centre) - np.array(size) / 2 + 0.5 + 1e-9)
    return all(a <= p < a + s for a, p, s in zip(start, place, size, strict=True))


def test_a_foreground_patch_holds_a_structure_each_as_often():
    one, rng, size = case(), np.random.default_rng(0), (16, 16)
    found = [0, 0]
    for _ in range(200):
        centre = draw_centre(one, size, True, rng)
        inside = [holds(centre, size, place) for place in ((5, 7), (30, 50))]
        assert any(inside)
        found = [count + now for count, now in zip(found, inside, strict=True)]
    assert min(found) > 60


def test_other_patches_stay_within_the_image():
    one, rng = case(), np.random.default_rng(0)
    centres = np.array([draw_centre(one, (16, 16), False, rng) for _ in range(300)]) + 0.5
    assert (centres.min(0) >= 8).all()
    assert (centres.max(0) <= np.array([40, 60]) - 8).all()
    assert (np.ptp(centres, axis=0) > np.array([15, 30])).all()


def test_an_image_smaller_than_the_patch_stays_within_it():
    one, rng = case((10, 12), ((5, 7),)), np.random.default_rng(0)
    for foreground in (True, False):
        for _ in range(50):
            centre = draw_centre(one, (16, 32), foreground, rng) + 0.5
            assert (centre - np.array([8, 16]) <= 1e-9).all()
            assert (centre + np.array([8, 16]) >= np.array([10, 12]) - 1e-9).all()


def test_places_are_few_and_ignored_ones_are_none():
    target = np.full((200, 200), IGNORED, np.uint8)
    target[:100] = 1
    one = dense_case(np.zeros((1, 200, 200), np.float32), target, n_structures=2)
    assert set(one.places) == {1}
    assert len(one.places[1]) == MOST_PLACES
    assert (target[tuple(one.places[1].T)] == 1).all()
