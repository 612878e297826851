"""Dates against the calendar of the standard library."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thirdeye.dicom.deidentify.dates import shift_date, shift_datetime, shown_age


@given(st.dates(min_value=datetime.date(1850, 1, 1)), st.integers(-3652, -1))
def test_date_moves_by_days(date: datetime.date, days: int) -> None:
    expected = (date + datetime.timedelta(days)).strftime("%Y%m%d").zfill(8)
    assert shift_date(date.strftime("%Y%m%d").zfill(8), days) == expected


@pytest.mark.parametrize(
    ("value", "moved"),
    [
        ("20200301", "20200229"),
        ("2020.03.01", "20200229"),
        ("20200230", None),
        ("", None),
        ("yesterday", None),
        ("00010101", None),
    ],
)
def test_odd_dates(value: str, moved: str | None) -> None:
    assert shift_date(value, -1) == moved


@pytest.mark.parametrize(
    ("value", "moved"),
    [
        ("20200301101112.123456+0100", "20200229101112.123456+0100"),
        ("2020030110", "2020022910"),
        ("202003", "202002"),
        ("2020", "2019"),
        ("20200301", "20200229"),
        ("20201301", None),
        ("now", None),
    ],
)
def test_datetimes_keep_time_and_coarseness(value: str, moved: str | None) -> None:
    assert shift_datetime(value, -1) == moved


@pytest.mark.parametrize(
    ("age", "shown"),
    [("089Y", "089Y"), ("090Y", "090Y"), ("101Y", "090Y"), ("007D", "007D"), ("999M", "999M"), ("old", None)],
)
def test_ages_above_89_are_shown_as_90(age: str, shown: str | None) -> None:
    assert shown_age(age) == shown
