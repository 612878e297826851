"""Sides of projections from their headers."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from thirdeye.dicom.sides import sides_of


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (["L", "F"], "LI"),  # a chest radiograph, seen from before
        (["R", "F"], "RI"),  # seen from behind
        (["A", "R"], "AR"),  # CC of a left breast
        (["P", "FL"], "PI"),  # MLO of a right breast: slanted
        (["PH", "F"], "PI"),
        (["L", "R"], ""),  # both along one axis
        (["L"], ""),
        (["", ""], ""),
        (["X", "F"], ""),
        (["L", "F", "H"], ""),
        (None, ""),
    ],
)
def test_letters_of_a_header(said: list[str] | None, code: str) -> None:
    data = Dataset()
    if said is not None:
        data.PatientOrientation = said
    assert sides_of(data) == code


def test_animals_on_four_legs_have_other_letters() -> None:
    data = Dataset()
    data.PatientOrientation, data.AnatomicalOrientationType = ["L", "F"], "QUADRUPED"
    assert sides_of(data) == ""
