"""Marks are checked before they are kept."""

from __future__ import annotations

import pytest

from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.workflow.marks import MOST_MARKS, checked_marks

GOOD = {"kind": "length", "image": "a", "frame": 3, "points": [[0, 0], [5.555, 9]]}


def test_good_marks_are_kept() -> None:
    assert checked_marks([GOOD], ["a"]) == [{**GOOD, "points": [[0.0, 0.0], [5.55, 9.0]]}]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "arrow"}, {"kind": ["box"]}, {"image": "b"}, {"image": None}, {"frame": -1}, {"frame": True},
        {"frame": 10**30}, {"points": []}, {"points": [[0, 0]]}, {"points": [[0, 0], [1]]}, {"points": "ab"},
        {"points": [[0, 0], [float("nan"), 1]]}, {"points": [[0, 0], [1e300, 1]]},
        {"points": [[0, 0], [10**400, 1]]},
        {"points": [[0, 0], ["1", 1]]}, {"points": [[0, 0], [True, 1]]}, {"name": "x"},
    ],
)  # fmt: skip
def test_anything_else_is_refused(change) -> None:
    with pytest.raises(Refusal, match="marks"):
        checked_marks([{**GOOD, **change}], ["a"])


def test_too_many_marks_are_refused() -> None:
    with pytest.raises(Refusal, match="too_much"):
        checked_marks([GOOD] * (MOST_MARKS + 1), ["a"])
