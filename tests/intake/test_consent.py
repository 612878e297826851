"""Consent by hand-made tables: the latest word before the day counts."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.dicom.deidentify.key import open_key
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.dicom.identity import pseudonym
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.consent import aliases, read_consents, the_scope, verdict, verdicts
from thirdeye.intake.open import open_collection

DAY = datetime.date(2026, 1, 31)


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "consent.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (",2020-01-01,", "given"),
        (",2026-02-01,", "missing"),
        (",2020-01-01,2026-01-31", "withdrawn"),
        (",2020-01-01,2026-02-01", "given"),
        (",2020-01-01,yes", "withdrawn"),
        (",2020-01-01,no", "given"),
        (",no,", "missing"),
        (",,", "given"),
        ("research,2020-01-01,", "given"),
        ("teaching; research,2020-01-01,", "given"),
        ("teaching,2020-01-01,", "scope"),
        (",2020-01-01,\np1,,,2024-05-05", "withdrawn"),
        (",2020-01-01,2021-01-01\np1,,2022-01-01,", "given"),
        (",31.12.2019,01.02.2020", "withdrawn"),
    ],
)
def test_verdicts(tmp_path: Path, rows: str, expected: str) -> None:
    consents = read_consents(table(tmp_path, f"patient_id,scope,date,withdrawn\np1,{rows}\n"))
    assert verdict(consents, scope="research", as_of=DAY) == expected


def test_nobody_in_the_table_has_no_consent() -> None:
    assert verdict([], scope=None, as_of=DAY) == "missing"


@pytest.mark.parametrize("header", ["Patient;Zweck;Datum;Widerruf", "patient;finalité;date;retrait"])
def test_columns_in_other_languages(tmp_path: Path, header: str) -> None:
    (one,) = read_consents(table(tmp_path, f"{header}\np1;Forschung;01.02.2020;03.04.2021\n"))
    assert one.scope == {"forschung"}
    assert (one.given, one.withdrawn) == (datetime.date(2020, 2, 1), datetime.date(2021, 4, 3))


def test_a_table_that_cannot_be_understood_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"no column of consent\.csv names patients"):
        read_consents(table(tmp_path, "who,when\na,2020-01-01\n"))
    with pytest.raises(DataRefused, match=r"row 3 of consent\.csv has a date"):
        read_consents(table(tmp_path, "patient,date\na,2020-01-01\nb,last spring\n"))
    with pytest.raises(UsageError, match=r"no consent table .none\.csv"):
        read_consents(tmp_path / "none.csv")


def test_the_scope_has_to_be_named_where_there_are_several(tmp_path: Path) -> None:
    consents = read_consents(table(tmp_path, "patient,scope\na,research\nb,teaching\n"))
    with pytest.raises(UsageError, match="several scopes"):
        the_scope(consents, None)
    with pytest.raises(UsageError, match="no consent is for 'sale'"):
        the_scope(consents, "sale")
    assert the_scope(consents[:1], None) == "research"


def test_pseudonyms_lead_to_the_patient(tmp_path: Path) -> None:
    key, _ = open_key(tmp_path / "k")
    keyed = Pseudonyms(key).patient("MRN-1")
    assert aliases("MRN-1") == {"MRN-1", pseudonym("MRN-1")}
    assert aliases("MRN-1", key) == {"MRN-1", pseudonym("MRN-1"), keyed, pseudonym(keyed)}
    consents = read_consents(table(tmp_path, "patient,withdrawn\nMRN-1,2020-01-01\nMRN-2,\n"))
    patients = pd.Series([keyed, pseudonym("MRN-2"), "somebody", ""])
    found = verdicts(patients, consents, scope=None, as_of=DAY, key=key)
    assert list(found) == ["withdrawn", "given", "missing", "missing"]
    with pytest.raises(DataRefused, match="none of the 1 patients"):
        verdicts(pd.Series([keyed]), consents, scope=None, as_of=DAY)


def test_images_without_consent_take_no_part(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data")
    people = pd.read_csv(data / "cases.csv")["patient"].unique()
    rows = [f"{person},{'2025-01-01' if n == 0 else ''}" for n, person in enumerate(people[:-1])]
    consent = table(tmp_path, "patient,withdrawn\n" + "\n".join(rows) + "\n")
    whole = open_collection(data)
    left = open_collection(data, consent=consent, as_of="2026-01-31")
    gone = whole.rows[whole.rows["patient"].isin([people[0], people[-1]])]
    assert len(left.rows) == len(whole.rows) - len(gone)
    assert set(left.excluded["image"]) == set(gone["image"])
    assert dict(left.excluded.groupby("consent")["patient"].nunique()) == {"missing": 1, "withdrawn": 1}
    sentence = next(one for one in left.understood if one.startswith("Consent as of 2026-01-31"))
    assert "2 patients with" in sentence
    assert not any(person in sentence for person in people)
    earlier = open_collection(data, consent=consent, as_of="2024-12-31")
    assert set(earlier.excluded["consent"]) == {"missing"}


def test_options_without_a_table_and_data_without_patients_are_refused(
    tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data")
    with pytest.raises(UsageError, match="--as-of goes with --consent"):
        open_collection(data, as_of="2026-01-31")
    consent = table(tmp_path, "patient,withdrawn\np1,\n")
    with pytest.raises(DataRefused, match="consent is by patient"):
        open_collection(data, consent=consent, patient_is_image=True)
    with pytest.raises(UsageError, match="--as-of takes a day"):
        open_collection(data, consent=consent, as_of="soon")


def test_the_consent_table_beside_the_images_is_no_clinical_table(
    tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data")
    people = pd.read_csv(data / "cases.csv")["patient"].unique()
    consent = table(data, "patient,scope,withdrawn\n" + "".join(f"{one},study,\n" for one in people[1:]))
    left = open_collection(data, consent=consent)
    assert "scope" not in left.rows.columns
    assert not any("was joined" in sentence for sentence in left.understood)
    assert "image_without_clinical" not in left.leftovers
