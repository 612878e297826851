from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.landmark_names import data_names

TABLE = {"sella": ["S"], "nasion": ["N", "Na"], "lower incisor": ["L1"]}


def test_capitals_spaces_and_other_names() -> None:
    found = data_names(TABLE, ["Lower_Incisor", "s", "Na", "porion"], source="t")
    assert found == {"sella": "s", "nasion": "Na", "lower incisor": "Lower_Incisor"}
    assert data_names(TABLE, ["L1", "U1"], source="t") == {"lower incisor": "L1"}


def test_numbers_are_taken_in_order_and_only_all_of_them() -> None:
    assert data_names(TABLE, ["L2", "L1", "L3"], source="t") == {
        "sella": "L1", "nasion": "L2", "lower incisor": "L3"
    }  # fmt: skip
    assert data_names(TABLE, ["point 01", "point 02", "point 03"], source="t")["nasion"] == "point 02"
    assert data_names(TABLE, ["1", "2"], source="t") == {}
    assert data_names(TABLE, ["2", "3", "4"], source="t") == {}


def test_two_that_could_be_the_same_are_refused() -> None:
    with pytest.raises(UsageError, match="'N' and 'Na' of the data could both be 'nasion'"):
        data_names(TABLE, ["N", "Na", "S"], source="t")
    with pytest.raises(UsageError, match="maps each name to a list"):
        data_names({"sella": "S"}, ["S"], source="t")
