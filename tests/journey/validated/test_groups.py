"""Groups that a reader was not measured on."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from thirdeye.journey.validated.groups import Cases, cluster_of, group_sentences


def said(group: str = "patient_id", **columns: list[Any]) -> list[str]:
    n = len(next(iter(columns.values())))
    rows = pd.DataFrame({"patient": [f"p{k}" for k in range(n)], **columns})
    return list(group_sentences(Cases(rows, [name for name in columns if name != "patient"], group)))


def test_ages_and_sexes_that_are_not_recorded_are_named() -> None:
    assert said(weight=["70"] * 30) == [
        "Age groups: the age of these patients is not recorded.",
        "Women and men apart: the sex of these patients is not recorded.",
    ]


def test_bands_of_age_with_fewer_than_ten_are_counted() -> None:
    ages = ["25"] * 9 + ["50"] * 30 + ["064Y"] * 10 + ["70"] * 12
    (age, _) = said(age=ages)
    assert age == (
        "Ages: under 18 (none), 18 to under 40 (9 patients), 80 and over (none); "
        "the youngest was 25, the oldest 70."
    )


def test_a_full_range_says_nothing() -> None:
    ages = ["5"] * 10 + ["30"] * 10 + ["50"] * 10 + ["70"] * 10 + ["85"] * 10
    assert said(age=ages, sex=["f", "male"] * 25) == []


def test_a_patient_with_several_images_counts_once() -> None:
    found = said(patient=["p1"] * 20 + [f"q{k}" for k in range(40)], sex=["female"] * 20 + ["M"] * 40)
    assert "Sex: female (1 patient)." in found


def test_images_are_counted_where_no_patient_is_known() -> None:
    assert "Sex: female (2 images)." in said("image", sex=["F"] * 2 + ["M"] * 40)


def test_one_place_and_places_with_few_cases() -> None:
    assert "Sites other than north (“hospital”): none." in said(hospital=["north"] * 30)
    found = said(scanner=["A"] * 20 + ["B"] * 3 + ["C"])
    assert "Devices (“scanner”) with too few cases to judge: B (3 patients), C (1 patient)." in found


def test_a_view_is_no_part_of_the_body() -> None:
    assert "Views other than PA (“view”): none." in said(view=["PA"] * 30)
    assert "Sides other than left (“laterality”): none." in said(laterality=["left"] * 30)
    assert "Parts of the body other than knee (“anatomy”): none." in said(anatomy=["knee"] * 30)


def test_what_is_often_unknown_is_told() -> None:
    assert "Sex: not recorded for 6 patients of 46." in said(sex=["F", "M"] * 20 + ["unknown"] * 6)


@pytest.mark.parametrize(
    ("group", "noun"), [("patient_id", "patient"), ("lesion_id", "lesion"), ("folder", "group")]
)
def test_what_belongs_together_has_a_name(group: str, noun: str) -> None:
    assert cluster_of(group) == noun


def test_each_view_of_a_patient_counts() -> None:
    """Of a patient with several views the first alone made "Views other than axial: none" of three planes."""
    patients = [f"p{k}" for k in range(20)]
    found = said(patient=patients * 3, view=["axial"] * 20 + ["coronal"] * 20 + ["sagittal"] * 17 + [""] * 3)
    assert not [one for one in found if one.startswith("Views")]
    few = said(patient=[*patients, "p0", "p1"], view=["axial"] * 20 + ["coronal"] * 2)
    assert "Views (“view”) with too few cases to judge: coronal (2 patients)." in few
