from __future__ import annotations

import pytest

from thirdeye.dicom.header_words import age_years, iso_date, weighting


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("045Y", "45"),
        ("018M", "1"),
        ("003W", "0"),
        ("700D", "1"),
        ("095Y", "90"),
        ("45", ""),
        ("", ""),
        ("abcY", ""),
    ],
)
def test_age(text: str, years: str) -> None:
    assert age_years(text) == years


@pytest.mark.parametrize(
    ("text", "date"), [("20240229", "2024-02-29"), ("20230229", ""), ("2024", ""), ("", "")]
)
def test_date(text: str, date: str) -> None:
    assert iso_date(text) == date


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ax T1 FLAIR POST", "FLAIR contrast"),
        ("t2_tse_tra", "T2"),
        ("Mr Smith's head", ""),
        ("AX T1 +C", "T1 contrast"),
    ],
)
def test_weighting_keeps_no_free_text(text: str, found: str) -> None:
    assert weighting(text) == found
