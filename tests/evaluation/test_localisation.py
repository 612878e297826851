"""Pointing game and energy inside against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.localisation import energy_inside, hit, localisation


def named(metrics):
    return {one.name: one for one in metrics}


def one_map(values: list[list[float]]) -> np.ndarray:
    return np.array([values], np.float32)


LEFT = np.array([[[True, False], [True, False]]])


def test_by_hand() -> None:
    assert hit(one_map([[3, 1], [0, -5]]), LEFT)[0] == 1
    assert energy_inside(one_map([[3, 1], [0, -5]]), LEFT)[0] == pytest.approx(3 / 4)
    assert hit(one_map([[1, 3], [0, -5]]), LEFT)[0] == 0
    assert hit(one_map([[3, 3], [0, 0]]), LEFT)[0] == 0  # one of two highest points lies outside
    assert hit(one_map([[-1, -2], [-3, -4]]), LEFT)[0] == 0  # nothing speaks for the class
    assert np.isnan(energy_inside(one_map([[-1, -2], [-3, -4]]), LEFT)[0])


def test_chance_is_the_share_of_the_area() -> None:
    """Noise hits a region as often as it is large, whatever its size."""
    random = np.random.default_rng(0)
    n = 3000
    maps = random.random((n, 8, 8)).astype(np.float32)
    regions = np.zeros((n, 8, 8), bool)
    for row, side in enumerate(random.integers(1, 8, n)):
        regions[row, :side, :side] = True
    found = named(localisation(maps, regions))
    for name in ("pointing_game_above_chance", "energy_inside_above_chance"):
        assert found[name].ci_low < 0 < found[name].ci_high
        assert abs(found[name].value) < 0.02
    assert found["pointing_game"].details["by_chance"] == pytest.approx(found["area_share"].value)


def test_a_good_map_is_above_and_an_inverted_one_below_chance() -> None:
    random = np.random.default_rng(1)
    regions = np.zeros((40, 8, 8), bool)
    for row in regions:
        top, left = random.integers(0, 5, 2)
        row[top : top + 4, left : left + 4] = True
    maps = (regions - 0.5 + random.normal(0, 0.4, regions.shape)).astype(np.float32)
    right, wrong = named(localisation(maps, regions)), named(localisation(-maps, regions))
    assert right["pointing_game"].value == 1
    assert right["pointing_game_above_chance"].value == pytest.approx(1 - 0.25)
    assert right["energy_inside_above_chance"].ci_low > 0.5
    assert wrong["pointing_game"].value == 0
    assert wrong["energy_inside_above_chance"].ci_high < 0


def test_cases_without_a_region_are_left_out() -> None:
    maps = np.ones((3, 2, 2), np.float32)
    regions = np.concatenate([LEFT, np.zeros_like(LEFT), np.ones_like(LEFT)])
    found = named(localisation(maps, regions))
    assert found["energy_inside"].n == 1
    assert found["energy_inside"].n_excluded == {"no value": 2}
    none = named(localisation(maps[1:2], regions[1:2]))
    assert none["pointing_game"].value is None
    assert none["pointing_game"].reason == "no case has a marked region"
    assert none["energy_inside_above_chance"].status == "undefined"


def test_patients_widen_the_interval() -> None:
    """The same 20 cases five times over are no better known than once, where they are of 20 patients."""
    random = np.random.default_rng(2)
    maps = random.random((20, 6, 6)).astype(np.float32)
    regions = np.zeros((20, 6, 6), bool)
    regions[:, :3] = True
    once = named(localisation(maps, regions))["energy_inside"]
    often = named(
        localisation(np.tile(maps, (5, 1, 1)), np.tile(regions, (5, 1, 1)), clusters=list(range(20)) * 5)
    )
    blind = named(localisation(np.tile(maps, (5, 1, 1)), np.tile(regions, (5, 1, 1))))
    width = once.ci_high - once.ci_low
    assert often["energy_inside"].ci_high - often["energy_inside"].ci_low == pytest.approx(width, rel=1e-6)
    assert blind["energy_inside"].ci_high - blind["energy_inside"].ci_low < 0.6 * width


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(UsageError, match="should both be"):
        localisation(np.zeros((2, 4, 4), np.float32), np.zeros((2, 5, 5), bool))
