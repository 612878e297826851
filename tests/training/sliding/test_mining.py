"""Places drawn by the map of a network."""

from __future__ import annotations

import numpy as np

from thirdeye.training.sliding.cases import HardPlaces, SlidingCase
from thirdeye.training.sliding.mining import DRAWN_AN_IMAGE, mapped_places

PIXELS = np.zeros((80, 120, 3), np.uint8)
CASE = SlidingCase(PIXELS, np.array([[40.0, 60.0]]), np.array([1]), np.array([24.0]))


def test_places_are_drawn_in_proportion_to_the_map_and_never_on_an_object() -> None:
    something = np.full((21, 31), 0.0, np.float32)
    something[10, 15] = 0.9  # the object's own middle
    something[2, 3], something[18, 25] = 0.8, 0.2
    found = mapped_places(CASE, 7, something, 4, np.random.default_rng(0))
    assert len(found) == DRAWN_AN_IMAGE
    assert set(found.rows.tolist()) == {7}
    assert {tuple(place) for place in found.places.tolist()} == {(8.0, 12.0), (72.0, 100.0)}
    share = float((found.places[:, 0] == 8.0).mean())
    assert abs(share - 0.8) < 0.06
    assert CASE.is_clear(found.places).all()


def test_images_count_by_the_sum_of_their_maps() -> None:
    found = HardPlaces.none()
    for row, height in enumerate((0.1, 0.3)):
        something = np.full((21, 31), height, np.float32)
        found = found.with_more(mapped_places(CASE, row, something, 4, np.random.default_rng(row)))
    sums = [found.scores[found.rows == row].sum() for row in range(2)]
    assert np.isclose(sums[1] / sums[0], 3.0)
    assert CASE.is_clear(found.places).all()


def test_a_map_without_doubt_gives_nothing() -> None:
    something = np.zeros((21, 31), np.float32)
    assert not len(mapped_places(CASE, 0, something, 4, np.random.default_rng(0)))
