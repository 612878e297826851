"""Whose images may be used: a table of patients, scope, date and withdrawal, as of a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from thirdeye.dicom.identity import pseudonym
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.columns import candidates
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed, plain, word_set

Verdict = Literal["given", "missing", "withdrawn", "scope"]
WHY: dict[Verdict, str] = {
    "missing": "no consent of the patient is on record",
    "withdrawn": "the patient has withdrawn consent",
    "scope": "the patient's consent is for another purpose",
}
# Whole names of columns, compared by `plain`; English, French, German, Spanish.
_SCOPES = "scope purpose use consent_scope consent_for portee finalite zweck umfang alcance finalidad"
_DATES = "date consent_date given signed date_given date_signed consented consent_given datum fecha"
_WITHDRAWN = """withdrawn withdrawal withdrawal_date date_withdrawn withdrawn_on revoked revocation revoked_on
    opt_out retrait widerruf retirado retirada"""
_STATES = "consent consent_status status answer reponse einwilligung consentimiento"
_YES = word_set("yes y true 1 given granted x oui ja si withdrawn revoked")
_NO = word_set("no n false 0 refused denied non nein")
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")
_EVER = datetime.date.min


@dataclass(frozen=True)
class Consent:
    """One row of the table.

    Args:
        patient: as the table names the patient.
        scope: purposes, in lower case; empty where the table states none (good for every purpose).
        given: the day from which it holds; the first of all days where the table states none.
        withdrawn: the day from which it holds no more; None where it was not withdrawn.
        agrees: False for a refusal.
    """

    patient: str
    scope: frozenset[str]
    given: datetime.date
    withdrawn: datetime.date | None
    agrees: bool = True


def read_consents(path: Path) -> tuple[Consent, ...]:
    """The rows of a consent table (CSV, TSV, Excel, Parquet).

    A column names the patient; further ones may name scope (several joined by ``;`` or ``|``), the date of
    consent, and the withdrawal (a date, or "yes", which counts from the day of consent).

    Raises:
        UsageError: there is no such file.
        DataRefused: it is no table, no column names patients, or a date cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"there is no consent table '{path.name}'")
    frame = read_table(path)
    columns = list(frame.columns)
    patients = candidates(columns, "patient")
    if not patients:
        raise DataRefused(
            f"no column of {path.name} names patients (columns: {listed(columns, 20)}); call it patient_id"
        )
    names = [_column(columns, known) for known in (_SCOPES, _DATES, _WITHDRAWN, _STATES)]
    picked = [[""] * len(frame) if name is None else list(frame[name]) for name in names]
    cells = zip(frame[patients[0]], *picked, strict=True)
    return tuple(_consent(path, number, *row) for number, row in enumerate(cells, start=2) if row[0])


def verdict(consents: Iterable[Consent], *, scope: str | None, as_of: datetime.date) -> Verdict:
    """Whether the rows of one patient allow a use on a day; the latest word counts.

    Args:
        consents: the rows of the patient.
        scope: the purpose; None: any.
        as_of: the day.
    """
    rows = list(consents)
    if not rows:
        return "missing"
    fitting = [row for row in rows if scope is None or not row.scope or scope.casefold() in row.scope]
    if not fitting:
        return "scope"
    words = [word for row in fitting for word in _words(row) if word[0] <= as_of]
    return max(words, key=lambda word: word[:2])[2] if words else "missing"


def _words(row: Consent) -> Iterator[tuple[datetime.date, int, Verdict]]:
    """What a row says on which day, and its weight: on one day a withdrawal outweighs a consent."""
    if row.agrees:
        yield row.given, 0, "given"
    else:
        yield row.given, 1, "missing"
    if row.withdrawn is not None:
        yield row.withdrawn, 2, "withdrawn"


def aliases(patient: str, key: bytes | None = None) -> frozenset[str]:
    """The names under which a patient may stand in a dataset.

    Args:
        patient: as the consent table says.
        key: of `thirdeye deidentify`, where the data were de-identified with it.
    """
    names = {patient, pseudonym(patient)}
    if key is not None:
        from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms

        keyed = Pseudonyms(key).patient(patient)
        names |= {keyed, pseudonym(keyed)}
    return frozenset(names)


def the_scope(consents: Sequence[Consent], wanted: str | None) -> str | None:
    """The purpose that is asked for: what the user says, or the only one of the table.

    Raises:
        UsageError: the table knows several and the user named none, or one that it does not know.
    """
    known = sorted({one for consent in consents for one in consent.scope})
    if wanted is not None:
        if known and wanted.casefold() not in known:
            raise UsageError(f"no consent is for '{wanted}'; the table has {listed(known, 20)}")
        return wanted
    if len(known) > 1:
        raise UsageError(
            f"the consent table has several scopes ({listed(known, 20)}); name yours with --scope"
        )
    return known[0] if known else None


def verdicts(
    patients: pd.Series,
    consents: Sequence[Consent],
    *,
    scope: str | None,
    as_of: datetime.date,
    key: bytes | None = None,
) -> pd.Series:
    """A verdict for every row; nobody's image ("") has no consent.

    Args:
        patients: of each image.
        consents: of the table.
        scope, as_of: see `verdict`.
        key: see `aliases`.

    Raises:
        DataRefused: not one of the patients is in the table.
    """
    rows: dict[str, list[Consent]] = {}
    for consent in consents:
        for name in aliases(consent.patient, key):
            rows.setdefault(name, []).append(consent)
    known = sorted(set(patients) - {""})
    if not any(patient in rows for patient in known):
        raise DataRefused(
            f"none of the {len(known):,} patients of the data is in the consent table; name patients as the "
            "data do, or give the key of the de-identification with --consent-key"
        )
    judged: dict[str, Verdict] = {
        name: verdict(rows.get(name, ()), scope=scope, as_of=as_of) for name in (*known, "")
    }
    return patients.map(judged)


def a_date(text: str) -> datetime.date | None:
    """A day as people write it ("2026-01-31", "31.01.2026", "20260131"); None when it is none."""
    for form in _FORMATS:
        try:
            return datetime.datetime.strptime(text.strip()[:10], form).date()
        except ValueError:
            continue
    return None


def _consent(
    path: Path, number: int, patient: str, scope: str, given: str, withdrawn: str, state: str
) -> Consent:
    parts = frozenset(part.strip().casefold() for part in scope.replace("|", ";").split(";") if part.strip())
    start = _day(path, number, given) if given and plain(given) not in _YES | _NO else _EVER
    refused = plain(state) in _NO or plain(given) in _NO
    end: datetime.date | None = None
    if (withdrawn and plain(withdrawn) not in _NO) or plain(state) in ("withdrawn", "revoked"):
        end = start if plain(withdrawn) in _YES or not withdrawn else _day(path, number, withdrawn)
    return Consent(patient, parts, start, end, not refused)


def _day(path: Path, number: int, text: str) -> datetime.date:
    day = a_date(text)
    if day is None:
        raise DataRefused(
            f"row {number} of {path.name} has a date that cannot be read; write dates as 2026-01-31"
        )
    return day


def _column(columns: Sequence[str], known: str) -> str | None:
    named = {plain(column): column for column in reversed(columns)}
    return next((named[name] for name in known.split() if name in named), None)
