from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from thirdeye.inference.landmarks.points import Points
from thirdeye.journey.landmarks.choosing import choose_first, choose_second, choose_settling
from thirdeye.journey.landmarks.material import LandmarkMaterial
from thirdeye.transform.landmarks.canvas import Canvas, Frame
from thirdeye.transform.landmarks.looks import First, Second
from thirdeye.transform.landmarks.pairs import pair_model
from thirdeye.transform.landmarks.shape import ShapeModel, shape_model

HOW = First(Canvas(64, 64, 0.0, 1, "range"), 2, 1.0, True, "local_mean", False, (), 0.0)
SAME = Frame((1.0, 1.0), (0, 0))
SHAPE = np.array([[20.0, 20.0], [44.0, 20.0], [20.0, 44.0], [44.0, 44.0]])


def _logits(places: NDArray[np.float64], cells: int, stride: int) -> NDArray[np.float32]:
    rows, columns = (np.indices((cells, cells)) + 0.5) * stride
    gaps = [(columns - x) ** 2 + (rows - y) ** 2 for x, y in places]
    return np.asarray(-np.stack(gaps) / (2 * stride**2), np.float32)


@dataclass
class _Knows:
    """Draws what it is told, by the number in the picture's first pixel."""

    places: NDArray[np.float64]
    weak: int | None = None

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        found = [_logits(self.places[int(one[0, 0, 0])], 32, 2) for one in windows]
        if self.weak is not None:
            for maps in found:
                maps[self.weak] *= 0.001  # hardly any opinion
        return np.stack(found)


def _material(n: int = 24) -> tuple[LandmarkMaterial, NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    points = SHAPE + rng.uniform(-4, 4, (n, 1, 2)) + rng.normal(0, 0.3, (n, 4, 2))
    pictures = [np.full((1, 64, 64), number, np.float32) for number in range(n)]
    fine = [np.full((1, 64, 64), number, np.float32) for number in range(n)]
    rows = pd.DataFrame({"image": [f"{number}.png" for number in range(n)]})
    return LandmarkMaterial(rows, points, pictures, fine, [SAME] * n, [SAME] * n), points


SPLITS = [(np.arange(12, 24), np.arange(12)), (np.arange(12), np.arange(12, 24))]


def _shapes(points: NDArray[np.float64]) -> list[ShapeModel | None]:
    return [shape_model(points[train]) for train, _ in SPLITS]


def test_a_shape_model_is_kept_where_a_landmark_is_hard_to_see() -> None:
    material, points = _material()
    engines = [_Knows(points, weak=3)] * 2
    how, found = choose_first(
        engines, _shapes(points), SPLITS, material, HOW, decodings=["local_mean"], thresholds=[0.0, 0.3]
    )
    assert how.below == 0.3
    gaps = [np.linalg.norm(found[row][0] - points[row], axis=1) for row in range(24)]
    assert np.mean(gaps) < 1.5


def test_a_shape_model_is_not_kept_where_it_does_not_help() -> None:
    material, points = _material()
    how, found = choose_first(
        [_Knows(points)] * 2, _shapes(points), SPLITS, material, HOW,
        decodings=["local_mean", "dark"], thresholds=[0.0, 0.3],
    )  # fmt: skip
    assert (how.below, how.mirrored) == (0.0, False)
    assert sorted(found) == list(range(24))


def test_each_image_is_read_by_who_has_not_learnt_from_it() -> None:
    material, points = _material()
    wrong = points + 15
    engines = [_Knows(np.where(np.arange(24)[:, None, None] < 12, points, wrong)), _Knows(points)]
    _, found = choose_first(
        engines, [None, None], SPLITS, material, HOW, decodings=["local_mean"], thresholds=[0.0]
    )
    assert max(np.linalg.norm(found[row][0] - points[row], axis=1).max() for row in found) < 1


@pytest.mark.parametrize("helps", [True, False])
def test_a_second_look_is_kept_only_if_it_is_better(helps: bool) -> None:
    material, points = _material()
    first = {row: (points[row] + (2.0 if helps else 0.0), np.ones(4)) for row in range(24)}
    second = Second(1.0, 128, 4, 1.0, 6.0, "local_mean")

    @dataclass
    class Looks:
        def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
            row = int(windows[0, 0].max())
            corner = np.round((first[row][0].min(axis=0) + first[row][0].max(axis=0)) / 2 - 64)
            wrong = 0.0 if helps else 6.0
            drawn = 9 * _logits(points[row] + wrong - corner, 32, 4)
            return np.stack([drawn] * len(windows))

    how, found = choose_second([Looks(), Looks()], SPLITS, material, first, second, decodings=["local_mean"])
    assert (how is not None) == helps
    if not helps:
        assert found is first


@pytest.mark.parametrize("jumps", [True, False])
def test_points_are_settled_only_where_that_is_better(jumps: bool) -> None:
    rng = np.random.default_rng(1)
    angles = np.linspace(0, np.pi, 12)
    arch = 20 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = 32 + arch * rng.uniform(0.8, 1.2, (24, 1, 2)) + rng.normal(0, 0.3, (24, 12, 2))
    seen = points.copy()
    if jumps:
        seen[np.arange(24), rng.integers(0, 12, 24)] += 8.0
    found = {row: Points(seen[row], np.ones(12)) for row in range(24)}
    tolerance, kept = choose_settling(found, _shapes(points), SPLITS, points, [0.0, 2.0])
    assert tolerance == (2.0 if jumps else 0.0)
    before, after = (
        np.mean([np.linalg.norm(one[row].xy - points[row], axis=1) for row in range(24)])
        for one in (found, kept)
    )
    assert after < before if jumps else kept[3] is found[3]


def test_places_are_chosen_together_where_that_is_better() -> None:
    material, points = _material()
    seen = points.copy()
    seen[::3, 1] = [8.0, 56.0]  # one landmark is mistaken in a third of the images
    doubled = _SeesTwo(seen, points)
    pairs = [pair_model(points[train]) for train, _ in SPLITS]
    how, found = choose_first(
        [doubled, doubled], [None, None], SPLITS, material, HOW, decodings=("local_mean",),
        thresholds=(0.0,), pairs=pairs, agreements=(0.0, 4.0),
    )  # fmt: skip
    assert how.agreement == 4.0
    assert max(np.linalg.norm(found[row][0] - points[row], axis=1).max() for row in found) < 2
    alone, _ = choose_first(
        [doubled, doubled], [None, None], SPLITS, material, HOW, decodings=("local_mean",), thresholds=(0.0,)
    )
    assert alone.agreement == 0.0


@dataclass
class _SeesTwo:
    """Draws what is mistaken for the landmarks, and a little lower the landmarks themselves."""

    mistaken: NDArray[np.float64]
    places: NDArray[np.float64]

    def run(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        rows = [int(one[0, 0, 0]) for one in windows]
        return np.stack(
            [
                np.maximum(_logits(self.mistaken[row], 32, 2), _logits(self.places[row], 32, 2) - 1)
                for row in rows
            ]
        )
