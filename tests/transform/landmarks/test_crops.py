from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.landmarks.crops import INNER, Crop, cover, cut_out


@pytest.mark.parametrize("seed", range(5))
def test_every_point_belongs_to_one_crop_and_lies_well_inside(seed: int) -> None:
    places = np.random.default_rng(seed).uniform(-20, 600, (40, 2))
    crops = cover(places, 96)
    assert sorted(point for crop in crops for point in crop.points) == list(range(40))
    for crop in crops:
        inside = places[list(crop.points)] - crop.corner
        assert inside.min() >= 96 * (0.5 - INNER) - 1
        assert inside.max() <= 96 * (0.5 + INNER) + 1


def test_neighbours_share_a_crop() -> None:
    places = np.stack([np.full(30, 50.0), np.linspace(0, 300, 30)], axis=1)
    assert len(cover(places, 128)) <= 6


def test_beyond_the_edge_lies_the_darkest_value() -> None:
    picture = np.arange(1, 101, dtype=np.float32).reshape(1, 10, 10)
    window = cut_out(picture, [Crop((-2, 7), (0,)), Crop((50, 50), (1,))], 6)
    np.testing.assert_array_equal(window[0, 0, :3, 2:], picture[0, 7:, :4])
    assert (window[0, 0, 3:] == 1).all()
    assert (window[0, 0, :, :2] == 1).all()
    assert (window[1] == 1).all()
