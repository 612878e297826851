"""Columns by their names: in several languages, and not taken for what they only describe."""

from __future__ import annotations

import pytest

from thirdeye.intake.columns import Role, candidates


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("Patientennummer", "patient"),
        ("Patienten-Nr.", "patient"),
        ("n° patient", "patient"),
        ("Código paciente", "patient"),
        ("codice paziente", "patient"),
        ("nih_patient", "patient"),
        ("Bilddatei", "image"),
        ("Pfad", "image"),
        ("nom fichier", "image"),
        ("immagine", "image"),
        ("Befund", "label"),
        ("Diagnose (Histologie)", "label"),
        ("diagnosi", "label"),
        ("Résultat", "label"),
        ("Spital", "site"),
        ("ospedale", "site"),
        ("hospital_code", "site"),
    ],
)
def test_recognised(column: str, role: Role) -> None:
    assert candidates(["something", column, "else"], role) == [column]


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("Patient Age", "patient"),
        ("patient_sex", "patient"),
        ("Patient Position", "patient"),
        ("lesion_type", "patient"),
        ("lesion location", "patient"),
        ("Patienten-Alter", "patient"),
        ("anatom_site_general", "site"),
        ("lesion_site", "site"),
        ("diagnosis_date", "label"),
        ("Befund-Datum", "label"),
    ],
)
def test_a_description_is_not_the_thing(column: str, role: Role) -> None:
    assert candidates([column], role) == []


def test_whole_names_before_longer_ones() -> None:
    columns = ["patient_hash", "Patient Age", "Patient ID"]
    assert candidates(columns, "patient") == ["Patient ID", "patient_hash"]
