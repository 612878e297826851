"""What a file says of the persons in it, collected before cleaning, to look for it in what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from thirdeye.dicom.deidentify.profile import Profile
from thirdeye.dicom.deidentify.table import load_table

_WORD = re.compile(r"[^\W_]+")
_DATE = re.compile(r"(18|19|20)\d{6}")
_SHORTEST_IN_BYTES = 8
_SHORTEST_NAME, _SHORTEST_STAFF_NAME, _SHORTEST_ID = 3, 4, 5
_PATIENT_NAMES = ("PatientName", "OtherPatientNames", "PatientBirthName", "PatientMotherBirthName")
_NUMBERS = (
    "PatientID", "OtherPatientIDs", "AccessionNumber", "StudyID", "AdmissionID", "MedicalRecordLocator",
    "PatientTelephoneNumbers", "PatientAddress", "InstitutionName", "InstitutionAddress", "StationName",
    "DeviceSerialNumber", "PatientBirthDate", "RequestedProcedureID",
)  # fmt: skip
_MOST_DEPTH = 20


@dataclass(frozen=True)
class Identifiers:
    """Words and numbers that must not be left.

    Args:
        names: parts of persons' names, in lower case.
        numbers: identifiers, addresses and the like, in lower case, of five characters or more.
    """

    names: frozenset[str]
    numbers: frozenset[str]

    def within(self, text: str) -> bool:
        """Whether `text` holds one of them."""
        low = text.casefold()
        words = set(_WORD.findall(low))
        return bool(words & self.names) or any(number in low for number in self.numbers)

    def within_bytes(self, raw: bytes) -> bool:
        """Whether bytes hold a longer one of them, on its own and not within a longer number.

        Short ones occur by chance, and so do dates, which several attributes may share.
        """
        low = raw.lower()
        sought = [one for one in self.numbers if len(one) >= _SHORTEST_IN_BYTES and not _DATE.fullmatch(one)]
        return any(
            re.search(rb"(?<![0-9.])" + re.escape(one.encode("utf-8", "replace")) + rb"(?![0-9])", low)
            for one in sought
        )


def collect(dataset: Any, profile: Profile) -> Identifiers:
    """The identifiers of a dataset, nested items included.

    Args:
        dataset: before it is cleaned.
        profile: what one of its options keeps is not looked for.
    """
    names: set[str] = set()
    numbers: set[str] = set()
    for element in _elements(dataset, 0):
        if element.VR == "PN":
            least = _SHORTEST_NAME if element.keyword in _PATIENT_NAMES else _SHORTEST_STAFF_NAME
            for text in _texts(element):
                names |= {word for word in _WORD.findall(text) if len(word) >= least and not word.isdigit()}
        elif element.keyword in _NUMBERS and not _is_kept(element.tag, profile):
            numbers |= {text for text in _texts(element) if len(text) >= _SHORTEST_ID}
    return Identifiers(frozenset(names), frozenset(numbers))


def _is_kept(tag: int, profile: Profile) -> bool:
    rule = load_table().attributes.get(int(tag))
    return rule is not None and profile.action(rule) == "K"


def _elements(dataset: Any, depth: int) -> Iterator[Any]:
    for tag in list(dataset.keys()):
        if tag.is_private or tag.group >= 0x7F00:
            continue
        try:
            element = dataset[tag]
        except Exception:  # cannot be parsed: the walk removes it
            continue
        if element.VR != "SQ":
            yield element
        elif depth < _MOST_DEPTH:
            for item in element.value or ():
                yield from _elements(item, depth + 1)


def _texts(element: Any) -> list[str]:
    value = element.value
    if value is None or isinstance(value, bytes):
        return []
    several = (
        value if hasattr(value, "__iter__") and not isinstance(value, str) and element.VM != 1 else [value]
    )
    return [str(one).casefold().strip() for one in several if str(one).strip()]
