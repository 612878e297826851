"""Dates moved by a number of days, in the forms that DICOM has for them (PS3.5 section 6.2)."""

from __future__ import annotations

import datetime
import re

OLDEST_AGE_YEARS = 89  # ages above identify (45 CFR 164.514(b)(2)(i)(C))
DUMMY_DATE, DUMMY_TIME, DUMMY_DATETIME, DUMMY_AGE = "19000101", "000000", "19000101000000", "000D"
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_DATETIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?)?([+-]\d{4})?")
_AGE = re.compile(r"(\d{3})([DWMY])")


def shift_date(value: str, days: int) -> str | None:
    """A DA moved by `days`; None when it is no date or leaves the calendar.

    Args:
        value: "20200131", or "2020.01.31" as ACR-NEMA wrote it.
        days: to add.
    """
    match = _DATE.fullmatch(value.strip())
    return None if match is None else _moved(match[1], match[2], match[3], days)


def shift_datetime(value: str, days: int) -> str | None:
    """A DT moved by `days`, its time of day and offset from UTC kept; None as for `shift_date`.

    A month or a year without a day is moved as its first day and stays as coarse as it was.
    """
    match = _DATETIME.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, time, offset = match.groups()
    moved = _moved(year, month or "01", day or "01", days)
    if moved is None:
        return None
    return moved[: 4 + 2 * bool(month) + 2 * bool(day)] + (time or "") + (offset or "")


def _moved(year: str, month: str, day: str, days: int) -> str | None:
    try:
        date = datetime.date(int(year), int(month), int(day)) + datetime.timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{date.year:04d}{date.month:02d}{date.day:02d}"


def shown_age(value: str) -> str | None:
    """An AS with every age above 89 years as 90; None when it is no age."""
    match = _AGE.fullmatch(value.strip())
    if match is None:
        return None
    years = int(match[1]) / {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}[match[2]]
    return "090Y" if years >= OLDEST_AGE_YEARS + 1 else f"{match[1]}{match[2]}"
