"""The table of cephalometry that comes with the package, against the same sums done another way."""

from __future__ import annotations

import cmath
import json
import math
from dataclasses import replace
from importlib import resources

import jsonschema
import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.derived_measurements import derive
from thirdeye.evaluation.measurement_definitions import definitions_as_json, read_definitions

ROOM = resources.files("thirdeye.evaluation")
CONTENT = json.loads(ROOM.joinpath("tables/cephalometry.json").read_text(encoding="utf-8"))
SHORT = ["S", "N", "Or", "Po", "A", "B", "Pog", "Me", "Gn", "Go", "L1", "U1", "UL", "LL", "Sn", "Pos", "PNS",
         "ANS", "Ar"]  # fmt: skip


def skull(rng: np.random.Generator) -> np.ndarray:
    """A plausible head to the right, moved at random; 10 px are 1 mm."""
    mean = [(66, 74), (122, 66), (110, 88), (44, 90), (119, 115), (114, 149), (116, 163), (107, 173),
            (113, 170), (62, 149), (123, 131), (126, 135), (134, 125), (131, 140), (131, 114), (126, 165),
            (80, 113), (124, 110), (52, 106)]  # fmt: skip
    return np.array(mean, float) * 10 + rng.normal(0, 60, (19, 2))


def by_hand(points: np.ndarray) -> dict[str, float]:
    """The eight values with complex numbers, of which the y axis goes up: clockwise is a negative angle."""
    at = {name: complex(x, -y) for name, (x, y) in zip(SHORT, points, strict=True)}

    def turn(a: str, b: str, c: str, d: str) -> float:
        return math.degrees(cmath.phase((at[d] - at[c]) / (at[b] - at[a])))

    sna, snb = abs(turn("N", "S", "N", "A")), abs(turn("N", "S", "N", "B"))
    palate = -turn("Po", "Or", "PNS", "ANS")
    facial, profile = abs(turn("Or", "Po", "N", "Pog")), turn("N", "Pog", "A", "B")
    jet = abs(at["U1"] - at["L1"]) / 10
    return {
        "ANB": sna - snb, "SNB": snb, "SNA": sna, "ODI": abs(turn("Me", "Go", "B", "A")) + palate,
        "APDI": facial + profile + palate,
        "FHI": abs(at["S"] - at["Go"]) / abs(at["N"] - at["Me"]), "FMA": abs(turn("S", "N", "Go", "Gn")),
        "MW": jet if at["U1"].real >= at["L1"].real else -jet,
    }  # fmt: skip


def types_by_hand(values: dict[str, float]) -> dict[str, str]:
    limits = {
        "ANB": (3.2, 5.7, "class III", "class I", "class II"),
        "SNB": (74.6, 78.7, "retrognathic", "normal", "prognathic"),
        "SNA": (79.4, 83.2, "retrognathic", "normal", "prognathic"),
        "ODI": (68.4, 80.5, "open bite tendency", "normal", "deep bite tendency"),
        "APDI": (77.6, 85.2, "class II tendency", "normal", "class III tendency"),
        "FHI": (0.65, 0.75, "long face tendency", "normal", "short face tendency"),
        "FMA": (26.8, 31.4, "low angle", "normal", "high angle"),
    }
    found = {
        n: lo if values[n] < a else hi if values[n] > b else mid for n, (a, b, lo, mid, hi) in limits.items()
    }
    jet = values["MW"]
    bite = (
        "cross bite"
        if jet < 0
        else "edge to edge"
        if jet < 2
        else "normal"
        if jet <= 4.5
        else "large overjet"
    )
    return found | {"MW": bite}


def test_the_eight_values_and_types(rng) -> None:
    definitions = read_definitions(CONTENT, SHORT, source="cephalometry.json")
    seen: dict[str, set[str]] = {}
    for _ in range(200):
        points = skull(rng)
        found = derive(definitions, SHORT, points, height=2400, mm_per_px=(0.1, 0.1))
        values = by_hand(points)
        assert {one.name: one.value for one in found} == pytest.approx(values)
        assert {one.name: one.type for one in found} == types_by_hand(values)
        for one in found:
            seen.setdefault(one.name, set()).add(one.type)
    assert {name: len(types) for name, types in seen.items()} == {
        "ANB": 3, "SNB": 3, "SNA": 3, "ODI": 3, "APDI": 3, "FHI": 3, "FMA": 3, "MW": 4
    }  # fmt: skip


def test_the_table_follows_the_schema_and_comes_back_with_the_names_of_the_data() -> None:
    schema = json.loads(ROOM.joinpath("schema/measurements.json").read_text(encoding="utf-8"))
    jsonschema.validate(CONTENT, schema)
    found = read_definitions(CONTENT, SHORT, source="cephalometry.json")
    written = definitions_as_json(found)
    jsonschema.validate(written, schema)
    assert read_definitions(written, SHORT, source="again") == found
    assert written["measurements"][0]["terms"][1] == {
        "kind": "angle_at_point", "points": ["S", "N", "B"], "minus": True
    }  # fmt: skip
    numbered = [f"L{n}" for n in range(1, 20)]
    assert read_definitions(CONTENT, numbered, source="c")[5].lines == (("L1", "L10"), ("L2", "L8"))


def test_a_landmark_that_the_data_lack_is_named() -> None:
    with pytest.raises(UsageError, match=r"measurement 4 .'ODI'.*no landmark 'anterior nasal spine'"):
        read_definitions(CONTENT, [name for name in SHORT if name != "ANS"], source="cephalometry.json")


def test_limits_in_mm_give_no_type_in_pixels_and_a_lost_point_no_value(rng) -> None:
    definitions = read_definitions(CONTENT, SHORT, source="cephalometry.json")
    points = skull(rng)
    points[SHORT.index("PNS")] = np.nan
    found = {one.name: one for one in derive(definitions, SHORT, points, height=2400)}
    assert (found["MW"].unit, found["MW"].type) == ("px", None)
    assert found["MW"].value is not None
    assert (found["ODI"].value, found["ODI"].reason) == (None, "PNS is missing")
    assert found["FHI"].type is not None
    pixels = [replace(one, types_unit="px") for one in definitions if one.name == "MW"]
    assert derive(pixels, SHORT, points, height=2400)[0].type is not None


def test_a_sum_draws_the_lines_of_its_terms(rng) -> None:
    definitions = read_definitions(CONTENT, SHORT, source="cephalometry.json")
    drawn = {one.name: one.lines for one in derive(definitions, SHORT, skull(rng), height=2400)}
    assert len(drawn["ANB"]) == 3  # S-N is shared
    assert len(drawn["APDI"]) == 5  # N-Pog is shared, the Frankfort plane goes both ways
