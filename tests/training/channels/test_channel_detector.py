from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.detection import box_iou
from thirdeye.training.channels.detector import apart, shift_of, shifted
from thirdeye.training.channels.fit import Taught, fit_channel_detector
from thirdeye.training.channels.windows import (
    FEATURES,
    WINDOW_CELLS,
    as_squares,
    features,
    linear_scores,
    pyramid,
    sides_of,
    squares,
)


def scene(seed: int) -> Taught:
    """Bright discs on a dark ground, and bright bars that are no discs."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal(70, 10, (120, 150))
    rows, columns = np.mgrid[:120, :150]
    boxes = []
    for centre in ((35, 40), (80, 105)):
        y, x = np.array(centre) + rng.integers(-12, 13, 2)
        radius = rng.uniform(9, 14)
        pixels[(rows - y) ** 2 + (columns - x) ** 2 <= radius**2] += 90
        boxes.append([x - radius, y - radius, x + radius, y + radius])
    y, x = rng.integers(5, 100), int(rng.integers(0, 100))
    pixels[y : y + 5, x : x + 45] += 90
    picture = np.repeat(pixels.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return Taught(picture, np.array(boxes), np.zeros(2, np.int64))


@pytest.fixture(scope="module")
def fitted():
    scenes = [scene(seed) for seed in range(14)]
    boxes = np.concatenate([one.boxes for one in scenes])
    return fit_channel_detector(lambda: iter(scenes), boxes, n_classes=1, seconds=6.0, seed=0)


def test_discs_are_found_and_bars_are_not(fitted) -> None:
    detector, n_pictures = fitted
    assert 1 <= n_pictures <= 14
    found, best = 0, []
    for seed in range(100, 108):
        taught = scene(seed)
        told = detector.find(taught.picture)
        assert (np.diff(told.scores) <= 0).all()
        shared = box_iou(told.boxes[:2], taught.boxes)
        found += int((shared.max(axis=0) >= 0.5).sum())
        best.append(shared.max())
    assert found >= 13  # of 16
    assert np.median(best) > 0.7  # the regression fits the box


def test_a_picture_that_is_too_small_has_nothing(fitted) -> None:
    told = fitted[0].find(np.zeros((3, 3, 3), np.uint8))
    assert told.boxes.shape == (0, 4)


def test_linear_scores_are_those_of_single_windows() -> None:
    rng = np.random.default_rng(0)
    level = pyramid(scene(3).picture, (20.0,))[0]
    weights, bias = rng.normal(size=(FEATURES, 2)).astype(np.float32), np.array([1.0, -2.0], np.float32)
    scores = linear_scores(level, weights, bias)
    assert scores.shape[:2] == level.shape
    places = np.array([[0, 0], [3, 7], [level.shape[0] - 1, level.shape[1] - 1]])
    single = features(level, places) @ weights + bias
    assert scores[places[:, 0], places[:, 1]] == pytest.approx(single, rel=1e-3, abs=1e-3)
    cut = level.cells[3 : 3 + WINDOW_CELLS, 7 : 7 + WINDOW_CELLS].ravel()
    assert features(level, places[1:2])[0] == pytest.approx(cut)


def test_a_window_lies_where_it_says() -> None:
    """The window on the centre of a bright spot holds it in its middle."""
    picture = np.zeros((96, 128, 3), np.uint8)
    picture[44:52, 60:68] = 255  # centre (row 48, column 64)
    level = pyramid(picture, (16.0,))[0]
    place = np.rint(np.array([[48, 64]]) * level.shrunk / 4).astype(int)
    assert squares(level, place) == pytest.approx(np.array([[56, 40, 72, 56]]))
    middle = features(level, place).reshape(WINDOW_CELLS, WINDOW_CELLS, -1)[..., 0]
    half = WINDOW_CELLS // 2
    assert middle[half - 2 : half + 2, half - 2 : half + 2].mean() > 0.8 * middle.max()


def test_shift_and_back() -> None:
    windows = np.array([[0.0, 0, 10, 10], [5, 5, 25, 25]])
    boxes = np.array([[1.0, -1, 9, 12], [8, 6, 20, 26]])
    assert shifted(windows, shift_of(windows, boxes)) == pytest.approx(boxes)


def test_sides_squares_and_apart() -> None:
    boxes = np.array([[0.0, 0, 16, 64], [0, 0, 100, 100]])
    assert as_squares(boxes)[0] == pytest.approx([-8, 16, 24, 48])
    sides = sides_of(boxes)
    assert sides[0] >= 16
    assert sides[-1] >= 98
    assert np.diff(np.log2(sides)) == pytest.approx(1 / 3)
    kept = apart(np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]]), 0.5)
    assert kept.tolist() == [0, 2]
