from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.measurement_types import read_types, type_of

THREE = [{"name": "low", "below": 3.2}, {"name": "normal", "up_to": 5.7}, {"name": "high"}]


def test_a_value_belongs_to_the_first_type_whose_limit_it_does_not_pass() -> None:
    types = read_types(THREE, "here")
    named = {value: type_of(value, types) for value in (-9.0, 3.19, 3.2, 5.7, 5.71, 400.0)}
    assert list(named.values()) == ["low", "low", "normal", "normal", "high", "high"]
    assert [one.as_json() for one in types] == THREE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([{"name": "low"}], "two or more, from the smallest"),
        ("low", "got 'low'"),
        ([{"name": "low", "below": 3}, {"name": "low"}], "two types are called 'low'"),
        ([{"name": "low"}, {"name": "high"}], "'low'.*give its upper end"),
        ([{"name": "low", "below": 1, "up_to": 1}, {"name": "high"}], "give its upper end"),
        ([{"name": "low", "below": 1}, {"name": "high", "below": 2}], "the last type.*no limit"),
        ([{"name": "a", "below": 2}, {"name": "b", "below": 2}, {"name": "c"}], r"do not rise: \[2.0, 2.0\]"),
        ([{"name": "a", "below": "2"}, {"name": "b"}], "no number: '2'"),
        ([{"name": "a", "below": True}, {"name": "b"}], "no number: True"),
        ([{"name": "a", "below": float("nan")}, {"name": "b"}], "no number: nan"),
        ([{"name": "a", "above": 2}, {"name": "b"}], "field 'above' is not known"),
        ([{"name": " ", "below": 2}, {"name": "b"}], "type 1: expected"),
    ],
)
def test_what_is_wrong_is_said(given, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_types(given, "m.json")
