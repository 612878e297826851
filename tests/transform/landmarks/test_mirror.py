from __future__ import annotations

import numpy as np

from thirdeye.transform.landmarks.mirror import mirror_of, mirrored

FACE = np.array([[-10.0, 0.0], [10.0, 0.0], [0.0, 12.0], [-6.0, 20.0], [6.0, 20.0]])


def _seen(shape: np.ndarray, n: int = 20) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.stack([shape + rng.normal(0, 0.4, shape.shape) + rng.uniform(0, 99, 2) for _ in range(n)])


def test_left_and_right_are_found_from_how_they_lie() -> None:
    partner, misfit = mirror_of(_seen(FACE))
    assert partner == (1, 0, 2, 4, 3)
    assert misfit < 1.5


def test_a_shape_with_a_side_of_its_own_does_not_fit() -> None:
    _, misfit = mirror_of(_seen(np.array([[0.0, 0.0], [3.0, 20.0], [25.0, 21.0], [40.0, 5.0]])))
    assert misfit > 4


def test_missing_points_do_not_hinder() -> None:
    points = _seen(FACE)
    points[::3, 1] = np.nan
    assert mirror_of(points)[0] == (1, 0, 2, 4, 3)


def test_a_landmark_that_is_nowhere_gives_no_exchange() -> None:
    points = _seen(FACE)
    points[:, 2] = np.nan
    assert mirror_of(points)[1] == float("inf")


def test_places_in_the_mirror_bear_the_other_name() -> None:
    places = np.array([[2.0, 5.0], [9.0, 6.0]])
    np.testing.assert_array_equal(mirrored(places, (1, 0), 10.0), [[1.0, 6.0], [8.0, 5.0]])
