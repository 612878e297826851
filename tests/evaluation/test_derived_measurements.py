from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.derived_measurements import derive
from thirdeye.evaluation.measurement_definitions import read_definitions

NAMES = ["a", "b", "c", "d"]
POINTS = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 20.0]]


def one(kind: str, places: object = POINTS, /, **fields: object):
    found = read_definitions(
        {"measurements": [{"name": "it", "kind": kind, **fields}]}, NAMES, source="m.json"
    )
    return derive(found, NAMES, places, height=100)[0]


@pytest.mark.parametrize(
    ("kind", "fields", "value", "unit"),
    [
        ("distance", {"points": ["a", "c"]}, 200**0.5, "px"),
        ("angle_at_point", {"points": ["a", "b", "c"]}, 90, "deg"),
        ("angle_at_point", {"points": ["d", "a", "c"]}, 45, "deg"),
        ("angle_between_lines", {"lines": [["a", "b"], ["c", "d"]]}, 135, "deg"),
        ("angle_between_lines", {"lines": [["a", "b"], ["d", "c"]]}, 45, "deg"),
        ("largest_angle", {"lines": [["a", "b"], ["d", "c"], ["a", "d"]]}, 135, "deg"),
        ("ratio", {"lines": [["a", "d"], ["a", "b"]]}, 2, "1"),
    ],
)
def test_by_hand(kind: str, fields: dict, value: float, unit: str) -> None:
    found = one(kind, **fields)
    assert (found.value, found.unit) == (pytest.approx(value), unit)
    assert found.lines


def test_spacing_counts_in_distances_and_angles() -> None:
    """Pixels twice as tall as wide: a diagonal of one by one becomes one of one by two."""
    found = read_definitions(
        {"measurements": [{"name": "it", "kind": "distance", "points": ["a", "b"]},
                          {"name": "at", "kind": "angle_at_point", "points": ["b", "a", "c"]}]},
        NAMES, source="m",
    )  # fmt: skip
    values = derive(found, NAMES, [[0, 0], [3, 2], [3, 0], [1, 1]], height=9, mm_per_px=(1.0, 2.0))
    assert (values[0].value, values[0].unit) == (5.0, "mm")
    assert values[1].value == pytest.approx(np.degrees(np.arctan2(4, 3)))


def test_small_and_flat_angles_are_exact() -> None:
    near = [[0, 0], [1e4, 0], [0, 0], [1e4, 1e-3]]
    lines = {"lines": [["a", "b"], ["c", "d"]]}
    assert one("angle_between_lines", near, **lines).value == pytest.approx(np.degrees(1e-7))
    assert one("angle_between_lines", [[0, 0], [1, 0], [1, 0], [0, 0]], **lines).value == pytest.approx(180)


def test_what_cannot_be_measured_says_why() -> None:
    definitions = read_definitions(
        {"measurements": [{"name": "it", "kind": "distance", "points": ["a", "b"]},
                          {"name": "at", "kind": "angle_at_point", "points": ["b", "a", "c"]},
                          {"name": "share", "kind": "ratio", "lines": [["a", "b"], ["c", "d"]]}]},
        NAMES, source="m",
    )  # fmt: skip
    missing = derive(definitions, NAMES, [[0, 0], [np.nan, 0], [1, 1], [1, 1]], height=9)
    assert [(d.value, d.reason) for d in missing] == [(None, "b is missing")] * 3
    same = derive(definitions, NAMES, [[1, 1], [1, 1], [1, 1], [1, 1]], height=9)
    assert [d.value for d in same] == [0.0, None, None]
    assert same[1].reason == "two points that make a line are one place"
    assert same[2].reason == "the second line has no length"


def test_three_angles_of_a_spine_with_their_lines() -> None:
    tilts, corners = np.radians([5, 12, 20, 0, -18, -10, -4]), []
    for place, tilt in enumerate(tilts):
        along, down = np.array([np.cos(tilt), np.sin(tilt)]), np.array([-np.sin(tilt), np.cos(tilt)])
        centre = np.array([100 + 25 * np.sin(np.pi * place / 6), 50 + 40 * place])
        corners += [centre + x * 20 * along + y * 12 * down for y in (-1, 1) for x in (-1, 1)]
    corners = np.array(corners)
    names = [f"point {i}" for i in range(len(corners))]
    cobb = read_definitions({"measurements": [{"name": "Cobb", "kind": "cobb_3"}]}, names, source="m.json")
    found = derive(cobb, names, corners, height=600)
    assert [d.value for d in found] == pytest.approx([38, 15, 14])
    assert found[0].lines[0][0] == pytest.approx(tuple(corners[[8, 10]].mean(axis=0)))
    flat = corners.copy()
    flat[4:8] = flat[4]
    assert [d.reason for d in derive(cobb, names, flat, height=600)] == [
        "vertebra 2 has no width: its left and right sides are one place"
    ] * 3


def test_refusals() -> None:
    definitions = read_definitions(
        {"measurements": [{"name": "it", "kind": "distance", "points": ["a", "b"]}]}, NAMES, source="m.json"
    )
    with pytest.raises(UsageError, match="x and y of 4 landmarks"):
        derive(definitions, NAMES, [[0, 0]], height=9)
    with pytest.raises(UsageError, match="needs the landmark 'a'"):
        derive(definitions, ["x", "b"], [[0, 0], [1, 1]], height=9)
