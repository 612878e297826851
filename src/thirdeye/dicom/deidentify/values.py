"""What takes the place of a value, by value representation (PS3.5 section 6.2)."""

from __future__ import annotations

from typing import Any

from thirdeye.dicom.deidentify.dates import (
    DUMMY_AGE,
    DUMMY_DATE,
    DUMMY_DATETIME,
    DUMMY_TIME,
    shift_date,
    shift_datetime,
    shown_age,
)
from thirdeye.dicom.deidentify.profile import FULL_DATES, KEEP_UIDS, MODIFIED_DATES
from thirdeye.dicom.deidentify.subject import Subject
from thirdeye.dicom.deidentify.vocabulary import clean_text

TEXT = frozenset(["LO", "LT", "SH", "ST", "UC", "UT"])
TIMES = frozenset(["DA", "DT", "TM"])
_NUMBERS = frozenset(["FD", "FL", "SL", "SS", "SV", "UL", "US", "UV", "AT"])
_WORD = "De-identified"
_DUMMIES = {
    "DA": DUMMY_DATE, "TM": DUMMY_TIME, "DT": DUMMY_DATETIME, "AS": DUMMY_AGE, "AE": "DEIDENTIFIED",
    "CS": "DEIDENTIFIED", "PN": _WORD, "IS": "0", "DS": "0", **dict.fromkeys(TEXT, _WORD),
    **dict.fromkeys(_NUMBERS, 0),
}  # fmt: skip


def values_of(element: Any) -> list[Any]:
    """The values of an element, none where it is empty."""
    value = element.value
    if value is None or value == "" or value == b"":
        return []
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__") or element.VR == "PN":
        if element.VR == "PN" and element.VM > 1:
            return list(value)
        return [value]
    return list(value)


def set_values(element: Any, values: list[Any]) -> None:
    """Put values in; none makes it empty."""
    element.value = values[0] if len(values) == 1 else (values or None)


def dummy(element: Any, subject: Subject) -> bool:
    """Replace what is there by a value that says nothing; False where the VR has none.

    Nothing is put where nothing was.
    """
    values = values_of(element)
    if not values:
        return True
    if element.VR == "UI":
        return new_uids(element, subject)
    if element.keyword == "PatientID":
        element.value = subject.pseudonyms.patient(str(values[0]).strip())
        return True
    if element.VR not in _DUMMIES:
        return False
    element.value = _DUMMIES[element.VR]
    return True


def new_uids(element: Any, subject: Subject) -> bool:
    """Replace UIDs by those of the key; UIDs that the standard itself registers identify nothing and stay."""
    if not subject.profile.has(KEEP_UIDS):
        set_values(element, [new_uid(str(value), subject) for value in values_of(element)])
    return True


def new_uid(uid: str, subject: Subject) -> str:
    """What takes the place of one UID."""
    from pydicom.uid import UID_dictionary

    uid = uid.strip()
    if not uid or uid in UID_dictionary:
        return uid
    return subject.pseudonyms.uid(uid)


def move_dates(element: Any, subject: Subject) -> bool:
    """Treat a date or time as the options say; False where it must go.

    A shift by whole days leaves the time of day as it is.
    """
    if subject.profile.has(FULL_DATES) or not values_of(element):
        return True
    if not subject.profile.has(MODIFIED_DATES):
        return False
    if element.VR == "TM":
        return True
    shift = shift_date if element.VR == "DA" else shift_datetime
    moved = [shift(str(value), subject.days) for value in values_of(element)]
    if None in moved:
        return False
    set_values(element, moved)
    return True


def cap_age(element: Any) -> bool:
    """Show an age of 90 or more as 90; False where it is no age."""
    ages = [shown_age(str(value)) for value in values_of(element)]
    if None in ages:
        return False
    set_values(element, ages)
    return True


def clean_words(element: Any, subject: Subject) -> None:
    """Leave of a text only the words that are known to be harmless."""
    cleaned = [clean_text(str(value), subject.persons) for value in values_of(element)]
    set_values(element, [text for text in cleaned if text])


def new_title(element: Any, subject: Subject) -> None:
    """Replace AE titles by keyed ones, so that two devices stay two."""
    names = [subject.pseudonyms.name(str(value).strip()) for value in values_of(element)]
    set_values(element, [f"AE_{name.upper()}" for name in names])
