from __future__ import annotations

import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.readings import readings_from_columns

ROWS = {
    "test": ["a", "a", "b", "b"],
    "reader": ["z", "z", "z", "z"],
    "case": ["1", "2", "1", "2"],
    "truth": [1, 0, 1, 0],
    "rating": [4, 1, 5, 2],
}


def changed(**columns):
    return readings_from_columns(**{**ROWS, **columns})


def test_rows_become_a_table() -> None:
    found = changed()
    assert (found.tests, found.readers, found.cases) == (("a", "b"), ("z",), ("1", "2"))
    assert found.ratings.tolist() == [[[4, 1]], [[5, 2]]]
    assert found.truth.tolist() == [True, False]
    assert found.is_complete


def test_readings_that_were_not_made_are_missing() -> None:
    rows = {name: column[:3] for name, column in ROWS.items()}
    assert not readings_from_columns(**rows).is_complete


@pytest.mark.parametrize(
    ("columns", "kind", "words"),
    [
        ({"rating": [4, 1]}, UsageError, "five columns of one length"),
        ({"truth": [1, 0, 0, 0]}, DataRefused, "case '1' is called both"),
        ({"truth": [1, 2, 1, 2]}, DataRefused, "expected 0 or 1"),
        ({"truth": [1, 1, 1, 1]}, DataRefused, "all 2 cases are diseased"),
        ({"rating": [4, float("nan"), 5, 2]}, DataRefused, "case '2' by reader 'z' is nan"),
        ({"test": ["a", "a", "a", "b"]}, DataRefused, "reader 'z' has 2 ratings of case '1'"),
    ],
)
def test_refusals(columns, kind, words) -> None:
    with pytest.raises(kind, match=words):
        changed(**columns)
