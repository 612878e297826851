from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from thirdeye.intake import facts_table
from thirdeye.intake.facts_table import FactsTable

ROWS = [
    {"image": "a", "error": "is damaged", "width": 0},
    {"image": "b", "error": "", "width": 3, "blur": 0.5, "text": "L", "dark": True},
    {"image": "c", "error": "", "width": 4, "blur": float("nan"), "text": "", "dark": False},
    {"image": "d", "error": "", "width": 5, "blur": 0.25, "text": "R", "dark": False},
    {"image": "e", "error": "is empty", "width": 0},
]


@pytest.mark.parametrize("block", [1, 2, 100])
def test_the_frame_is_that_of_all_rows_at_once(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_table, "_BLOCK", block)
    table = FactsTable()
    for row in ROWS:
        table.add(row)
    pd.testing.assert_frame_equal(
        table.frame(), pd.DataFrame(ROWS).set_index("image"), check_dtype=False, check_column_type=False
    )


def test_numbers_keep_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_table, "_BLOCK", 2)
    table = FactsTable()
    for row in ROWS[1:4]:
        table.add(row)
    frame = table.frame()
    assert (frame["width"].dtype, frame["blur"].dtype, frame["dark"].dtype) == (
        np.int64,
        np.float64,
        np.bool_,
    )


def test_equal_texts_are_one_object_until_they_are_columns() -> None:
    table = FactsTable()
    for number in range(3):
        table.add({"image": str(number), "format": "".join(["P", "NG"])})
    assert len({id(row["format"]) for row in table._rows}) == 1
