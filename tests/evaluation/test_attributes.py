"""Columns become groups: bands, what is not recorded, what is too small."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.attributes import NOT_RECORDED, TOO_FEW, crossed, read_attribute


def test_ages_are_cut_at_stated_points() -> None:
    ages = [17.9, 18, 39, 40, "045Y", 64.9, 65, 80, np.nan, "", "unknown"]
    found = read_attribute("age", ages, floor=1)
    assert found.cut_points == (18.0, 40.0, 65.0, 80.0)
    assert found.levels == (
        "under 18", "18 to under 40", "40 to under 65", "65 to under 80", "80 and over", NOT_RECORDED,
    )  # fmt: skip
    assert np.bincount(found.codes).tolist() == [1, 2, 3, 1, 1, 3]


def test_small_groups_are_told_and_not_dropped() -> None:
    found = read_attribute("region", ["a"] * 30 + ["b"] * 12 + ["c"] * 9 + ["d"] * 2 + [None])
    assert found.levels == ("a", "b", TOO_FEW, NOT_RECORDED)
    assert found.merged == {"c": 9, "d": 2}
    assert np.bincount(found.codes).tolist() == [30, 12, 11, 1]
    assert found.named == (0, 1)


def test_five_hundred_levels() -> None:
    found = read_attribute("code", [f"x{i}" for i in range(500)])
    assert found.levels == (TOO_FEW,)
    assert len(found.merged) == 500
    many = read_attribute("clinic", [f"c{i % 40:02d}" for i in range(800)])
    assert len(many.named) == 20
    assert many.codes.size == 800


def test_all_missing() -> None:
    found = read_attribute("sex", [None, float("nan"), "", " ", "N/A", "Unknown"])
    assert found.levels == (NOT_RECORDED,)
    assert found.named == ()


def test_values_of_any_type() -> None:
    found = read_attribute("flag", [True, False, 1, 1.0, "1", np.int64(1)] * 10, floor=1)
    assert set(found.levels) == {"True", "False", "1"}


def test_other_numbers_are_cut_at_their_quartiles() -> None:
    found = read_attribute("thickness_mm", np.linspace(0, 1, 200).tolist())
    assert len(found.levels) == 4
    assert found.cut_points == pytest.approx((0.25, 0.5, 0.75), abs=1e-6)
    assert np.bincount(found.codes).tolist() == [50, 50, 50, 50]
    few = read_attribute("grade", [0, 1, 2] * 30)
    assert few.cut_points == ()


def test_sexes_under_one_name() -> None:
    found = read_attribute("sex", ["M", "male", "F", "Female", "w"] * 10)
    assert found.levels == ("female", "male")


def test_crossing() -> None:
    first = read_attribute("sex", (["f"] * 30 + ["m"] * 30))
    second = read_attribute("age", [30, 50] * 30)
    both = crossed(first, second)
    assert both.column == "sex × age"
    assert set(both.levels) == {
        "female × 18 to under 40",
        "female × 40 to under 65",
        "male × 18 to under 40",
        "male × 40 to under 65",
    }
    assert np.bincount(both.codes).tolist() == [15, 15, 15, 15]
