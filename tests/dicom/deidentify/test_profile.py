"""Options: their codes, and the refusal of what cannot be done."""

from __future__ import annotations

import pytest

from thirdeye.dicom.deidentify.profile import DEFAULT_OPTIONS, OPTIONS, make_profile
from thirdeye.errors import UsageError


def test_codes_are_those_of_cid_7050() -> None:
    assert {option.code for option in OPTIONS.values()} == {str(code) for code in range(113101, 113113)}
    assert make_profile(DEFAULT_OPTIONS).codes() == [
        ("113100", "Basic Application Confidentiality Profile"),
        ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
        ("113104", "Clean Structured Content Option"),
    ]


def test_clean_pixel_data_is_not_claimed_for_a_search() -> None:
    assert [code for code, _ in make_profile(["clean-pixel-data"]).codes()] == ["113100"]


@pytest.mark.parametrize("name", ["clean-graphics", "clean-recognizable-visual-features"])
def test_what_cannot_be_done_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}' cannot be done"):
        make_profile([name])


def test_unknown_and_contradicting_options_are_refused() -> None:
    with pytest.raises(UsageError, match="'clean-everything'"):
        make_profile(["clean-everything"])
    with pytest.raises(UsageError, match="exclude each other"):
        make_profile(["retain-longitudinal-full-dates", "retain-longitudinal-modified-dates"])
