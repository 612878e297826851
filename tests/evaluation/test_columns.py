"""What columns and their values are taken for."""

from __future__ import annotations

import pytest

from thirdeye.evaluation.columns import is_absent, kind_of, sex, years


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("sex", "sex"), ("M/F", "sex"), ("PatientSex", "sex"),
        ("age", "age"), ("patient_age", "age"), ("age_approx", "age"),
        ("anatom_site_general", "anatomy"), ("localization", "anatomy"), ("hospital", "site"),
        ("dataset", "site"), ("ManufacturerModel", "device"), ("fitzpatrick_skin_type", "group"),
        ("âge", "age"), ("Geschlecht", "sex"), ("hôpital", "site"), ("Krankenhaus", "site"),
        ("Gerät", "device"), ("Modalität", "device"), ("idade", "age"),
        ("stage", "other"), ("image", "other"), ("view_position", "anatomy"),
    ],
)  # fmt: skip
def test_kinds(column: str, kind: str) -> None:
    assert kind_of(column) == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45", 45.0), (" 45.5 ", 45.5), ("045Y", 45.0), ("006M", 0.5), ("010D", 10 / 365.25),
        ("old", None), ("", None),
    ],
)  # fmt: skip
def test_ages(text: str, expected: float | None) -> None:
    assert years(text) == (None if expected is None else pytest.approx(expected))


def test_what_says_nothing() -> None:
    assert all(
        map(is_absent, ["", "  ", "NaN", "N/A", "Unknown", "not recorded", "Not_Available", "<NA>", "?"])
    )
    assert not any(map(is_absent, ["0", "no", "none of these", "nano"]))


def test_sexes() -> None:
    assert [sex(text) for text in ("M", "w", "Woman", "O", "Divers")] == [
        "male",
        "female",
        "female",
        "other",
        "Divers",
    ]


def test_sexes_in_other_languages() -> None:
    assert [sex(text) for text in ("weiblich", "Männlich", "femme", "hombre")] == [
        "female", "male", "female", "male",
    ]  # fmt: skip
    assert sex("H") == "H"  # homme, hombre: but then M would be mujer
