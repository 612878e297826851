"""Peaks of made-up maps, at places that are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.sliding.peaks import PeakRule, find_peaks, smoothed


def _bumps(shape: tuple[int, int], *bumps: tuple[float, float, float]) -> NDArray[np.float32]:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    total = np.zeros(shape)
    for row, column, height in bumps:
        total += height * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * 2.0**2))
    return total.astype(np.float32)


def _with_background(*classes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.stack([1 - sum(classes), *classes]).astype(np.float32)


def test_places_between_cells_are_found() -> None:
    found = find_peaks(_with_background(_bumps((40, 50), (12.3, 30.7, 0.8))), PeakRule(0.5, 4))
    assert len(found.scores) == 1
    np.testing.assert_allclose(found.places, [[12.3, 30.7]], atol=0.1)


def test_none_beside_a_higher_one() -> None:
    bumps = _bumps((40, 60), (20, 20, 0.8), (20, 27, 0.5), (20, 45, 0.4))
    wide = find_peaks(_with_background(bumps), PeakRule(0.5, 10))
    narrow = find_peaks(_with_background(bumps), PeakRule(0.5, 5))
    np.testing.assert_allclose(wide.places[:, 1], [20, 45], atol=0.5)
    np.testing.assert_allclose(narrow.places[:, 1], [20, 27, 45], atol=0.5)
    assert (np.diff(narrow.scores) <= 0).all()


def test_the_class_is_the_likeliest_there_and_gives_the_score() -> None:
    first, second = _bumps((40, 40), (10, 10, 0.2), (30, 30, 0.6)), _bumps((40, 40), (10, 10, 0.7))
    found = find_peaks(_with_background(first, second), PeakRule(0.0, 4))
    assert found.classes.tolist() == [1, 0]
    np.testing.assert_allclose(found.scores, [0.7, 0.6], atol=0.01)


def test_nothing_below_the_least_and_no_more_than_the_most() -> None:
    bumps = _with_background(_bumps((40, 60), (20, 10, 0.8), (20, 30, 0.5), (20, 50, 0.3)))
    assert len(find_peaks(bumps, PeakRule(0.0, 4, least=0.4)).scores) == 2
    assert len(find_peaks(bumps, PeakRule(0.0, 4, most=1)).scores) == 1
    nothing = find_peaks(bumps, PeakRule(0.0, 4, least=0.9))
    assert nothing.places.shape == (0, 2)
    assert nothing.classes.shape == (0,)


def test_a_disc_gives_the_mean_within_its_radius() -> None:
    plane = np.zeros((21, 21), np.float32)
    plane[10, 10] = 1.0
    smooth = smoothed(plane, PeakRule(2.5, 4.0, shape="disc"))
    rows, columns = np.mgrid[-10:11, -10:11]
    inside = np.hypot(rows, columns) <= 2.5
    np.testing.assert_allclose(smooth, inside / inside.sum(), atol=1e-6)
