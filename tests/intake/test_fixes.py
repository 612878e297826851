"""What checks propose, and the table that comes of it."""

from __future__ import annotations

import pandas as pd

from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.fix_table import CHANGED, fixed_table
from thirdeye.intake.fixes import keep_one, keep_one_side, leave_out
from thirdeye.intake.reading import core_rows

SPLIT = {"a": "train", "b": "test", "c": "validation", "d": "train", "e": ""}


def finding(check: str, *fixes: Fix) -> Finding:
    return Finding(check, "warning", "Something.", fixes=fixes)


def rows(images: str = "abcd") -> pd.DataFrame:
    return core_rows({"image": list(images), "label": ["x", "y"] * (len(images) // 2)}).assign(age="40")


def test_an_image_is_left_out_once() -> None:
    assert leave_out(["a", "b", "a"], "is blank") == (
        Fix("a", "leave_out", "is blank"),
        Fix("b", "leave_out", "is blank"),
    )


def test_the_copy_with_most_authority_stays() -> None:
    assert keep_one([("a", "b", "c")], SPLIT, "equals") == (
        Fix("a", "leave_out", "equals b"),
        Fix("c", "leave_out", "equals b"),
    )
    assert [fix.image for fix in keep_one([("d", "a", "e")], SPLIT, "equals")] == ["a", "e"]


def test_only_the_lower_side_goes() -> None:
    assert [fix.image for fix in keep_one_side([("a", "b", "d"), ("c", "d")], SPLIT, "leaks")] == ["a", "d"]
    assert keep_one_side([("a", "d")], SPLIT, "leaks") == ()


def test_leaving_out_goes_before_setting_and_the_earlier_value_counts() -> None:
    fixed = fixed_table(
        rows(),
        [
            finding(
                "first", Fix("a", "set", "expert", "label", "z"), Fix("b", "set", "expert", "label", "z")
            ),
            finding("second", Fix("a", "set", "guess", "label", "q"), Fix("b", "leave_out", "blank")),
            finding("third", Fix("a", "set", "again", "label", "z"), Fix("nowhere", "leave_out", "blank")),
        ],
    )
    assert list(fixed.rows["image"]) == ["a", "c", "d"]
    assert list(fixed.rows["label"]) == ["z", "x", "y"]
    assert fixed.rows[CHANGED].tolist() == ["label was 'x': expert", "", ""]
    assert fixed.left_out == ("b",)
    assert [(fix.image, fix.reason) for fix in fixed.overruled] == [("b", "expert"), ("a", "guess")]
    assert fixed.done == {("first", "label set to 'z'"): 1, ("second", "left out"): 1}


def test_own_columns_stay_and_remarks_come_last() -> None:
    given = rows().assign(**{CHANGED: "of an earlier round"})
    before = given.copy()
    fixed = fixed_table(given, [finding("x", Fix("c", "set", "moved", "split", "train"))])
    assert list(fixed.rows.columns) == ["image", "case", "patient", "label", "split", "site", "age", CHANGED]
    assert fixed.rows[CHANGED].tolist() == ["", "", "split was '': moved", ""]
    pd.testing.assert_frame_equal(given, before)


def test_every_row_of_an_image_goes() -> None:
    twice = core_rows({"image": ["a", "a", "b"], "label": ["x", "y", "x"]})
    assert list(fixed_table(twice, [finding("x", Fix("a", "leave_out", "two labels"))]).rows["image"]) == [
        "b"
    ]
