from __future__ import annotations

import csv

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.cobb import cobb_angles


def spine(tilts: list[float], *, step: float = 40.0, bend: float = 0.0) -> np.ndarray:
    """Corners of vertebrae one below the other, each turned by some degrees."""
    corners = []
    for place, tilt in enumerate(np.radians(tilts)):
        along = np.array([np.cos(tilt), np.sin(tilt)])
        down = np.array([-np.sin(tilt), np.cos(tilt)])
        centre = np.array([100 + bend * np.sin(np.pi * place / (len(tilts) - 1)), 50 + step * place])
        corners += [centre + x * 20 * along + y * 12 * down for y in (-1, 1) for x in (-1, 1)]
    return np.array(corners)


def test_a_single_curve() -> None:
    """A C: largest between the steepest two; then first with the upper end, lower end with the last."""
    found = cobb_angles(spine([5, 12, 20, 0, -18, -10, -4], bend=25), height=600)
    assert found.pairs == ((2, 4), (0, 2), (4, 6))
    assert found.degrees == pytest.approx((38, 15, 14))


def test_two_curves_in_the_upper_and_in_the_lower_half() -> None:
    tilts = [0.0, 10, -10, -4, 3, 9, 0]
    corners = spine(tilts)
    corners[:, 0] += np.repeat([0, 20, 10, 0, -10, -20, 0], 4)  # the line of the middles changes sides
    upper = cobb_angles(corners, height=10_000)
    lower = cobb_angles(corners, height=10)
    assert upper.pairs[0] == lower.pairs[0] == (1, 2)
    assert upper.degrees == pytest.approx((20, 10, 19))  # from the lower end downwards: -10 to 9
    assert lower.pairs[2] == (0, 0)  # from the end of the second upwards: nothing is left
    assert lower.degrees[2] == 0


@pytest.mark.data
def test_the_angles_of_the_challenge(shared_data) -> None:
    """260 spines: every angle as in the challenge's own table."""
    file = shared_data / "aasce2019_spine_landmarks" / "landmarks.csv"
    gaps = []
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            width, height = float(row["orig_w"]), float(row["orig_h"])
            corners = [(float(row[f"x{i}"]) * width, float(row[f"y{i}"]) * height) for i in range(68)]
            told = [float(row[f"cobb{k}"]) for k in (1, 2, 3)]
            gaps.append(np.abs(np.subtract(cobb_angles(corners, height=height).degrees, told)))
    assert len(gaps) == 260
    assert np.median(gaps) < 0.003
    assert np.max(gaps) < 0.011


def test_refusals() -> None:
    with pytest.raises(UsageError, match=r"four corners .* got an array of \(10, 2\)"):
        cobb_angles(np.zeros((10, 2)), height=10)
    flat = spine([0, 0, 0])
    flat[4:8] = flat[4]
    with pytest.raises(DataRefused, match="vertebra 2 has no width"):
        cobb_angles(flat, height=10)
    with pytest.raises(DataRefused, match="every corner"):
        cobb_angles(np.full((12, 2), np.nan), height=10)
    with pytest.raises(UsageError, match="height"):
        cobb_angles(spine([0, 5, 0]), height=0)
