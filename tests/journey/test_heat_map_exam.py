"""Which two networks of a reader the exam of heat maps compares."""

from __future__ import annotations

import pytest

from thirdeye.journey.heat_map_exam import _other


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ([{"fold": 0}], None),
        ([{"fold": 0}, {"fold": 0}], 1),
        ([{"fold": 0}, {"fold": 0}, {"fold": 1}], 2),
        ([{"fold": 0, "architecture": "a"}, {"fold": 1, "architecture": "b"}], None),
        (
            [
                {"fold": 0, "architecture": "a"},
                {"fold": 1, "architecture": "b"},
                {"fold": 0, "architecture": "a"},
                {"fold": 1, "architecture": "a"},
            ],
            3,
        ),
    ],
)
def test_another_member_is_of_the_same_architecture(members: list[dict], expected: int | None) -> None:
    assert _other(members) == expected
