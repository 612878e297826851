"""A reading without the images that may not be used; they are never opened."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.consent import WHY, a_date, read_consents, the_scope, verdicts
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.words import counted

_WORDS = {"missing": "without consent", "withdrawn": "withdrawn", "scope": "for another purpose"}


def leave_out(reading: Reading, options: Options) -> tuple[Reading, pd.DataFrame]:
    """What may be used of a reading, and the rows that may not, with the column ``excluded_because``.

    Args:
        reading: with its patients.
        options: `Options.consent` and what goes with it; without a table everything may be used.

    Raises:
        UsageError: the table, the scope, the day or the key does not fit.
        DataRefused: nobody's images are left, or patients cannot be told.
    """
    rows = reading.rows
    if options.consent is None:
        _refuse_idle(options)
        return reading, rows.iloc[:0].assign(excluded_because="", consent="")
    if reading.patient_origin == "none" or options.patient_is_image:
        raise DataRefused("consent is by patient, and the data name none; name the patients with --patient")
    consents = read_consents(Path(options.consent))
    day = _as_of(options.as_of)
    scope = the_scope(consents, options.scope)
    judged = verdicts(rows["patient"], consents, scope=scope, as_of=day, key=_key(options))
    out = rows[judged != "given"]
    out = out.assign(consent=judged[out.index], excluded_because=judged[out.index].map(WHY))
    if len(out) == len(rows):
        raise DataRefused(f"no image may be used as of {day.isoformat()}: {_sentence(out)}")
    kept = rows[judged == "given"].reset_index(drop=True)
    said = f"Consent as of {day.isoformat()}" + (f" for '{scope}'" if scope else "")
    sentence = f"{said}: {_sentence(out) if len(out) else 'given by every patient'}."
    return _only(replace(reading, rows=kept, sentences=(*reading.sentences, sentence))), out


def _only(reading: Reading) -> Reading:
    """Masks, regions and readings of the images that are left."""
    images, cases = set(reading.rows["image"]), set(reading.rows["case"])

    def keep(frame: pd.DataFrame, column: str, known: set[str]) -> pd.DataFrame:
        return frame[frame[column].isin(known)].reset_index(drop=True)

    return replace(
        reading,
        masks=keep(reading.masks, "image", images),
        regions=keep(reading.regions, "image", images),
        readings=keep(reading.readings, "case", cases),
    )


def _sentence(out: pd.DataFrame) -> str:
    patients: Callable[[pd.DataFrame], int] = lambda part: part["patient"].nunique()  # noqa: E731
    kinds = [f"{patients(part):,} {_WORDS[str(kind)]}" for kind, part in out.groupby("consent", sort=True)]
    return (
        f"{counted(patients(out), 'patient')} with {counted(len(out), 'image')} left out ({', '.join(kinds)})"
    )


def _as_of(text: str | None) -> datetime.date:
    if text is None:
        return datetime.datetime.now(datetime.UTC).date()
    day = a_date(text)
    if day is None:
        raise UsageError(f"--as-of takes a day such as 2026-01-31, got '{text}'")
    return day


def _key(options: Options) -> bytes | None:
    if options.consent_key is None:
        return None
    from thirdeye.dicom.deidentify.key import read_key

    return read_key(Path(options.consent_key))


def _refuse_idle(options: Options) -> None:
    for name in ("scope", "as_of", "consent_key"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} goes with --consent TABLE")
