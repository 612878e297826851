"""What was done, written into the file itself (PS3.3 C.12.1.1.10, C.7.1.1; PS3.16 CID 7050)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from thirdeye.dicom.deidentify.profile import FULL_DATES, MODIFIED_DATES, OPTIONS, Profile
from thirdeye.dicom.deidentify.table import load_table

# UUID made once for Third Eye, as PS3.5 B.2 allows
IMPLEMENTATION_UID = "2.25.194839127311875503340498563126398530101"
_LONGEST = 64  # characters of an LO


def record(dataset: Any, profile: Profile) -> None:
    """Enter method, codes and what became of dates; earlier entries, which are free text, are replaced."""
    table = load_table()
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = [
        f"Third Eye {program_version()}, PS3.15 {table.edition}"[:_LONGEST],
        *(f"option {name}"[:_LONGEST] for name in OPTIONS if profile.has(name)),
    ]
    dataset.DeidentificationMethodCodeSequence = [_code(*code) for code in profile.codes()]
    dataset.LongitudinalTemporalInformationModified = dates_word(profile)


def add_codes(dataset: Any, codes: Iterable[tuple[str, str]]) -> None:
    """Enter further codes of CID 7050, each once."""
    held = {str(item.CodeValue) for item in dataset.DeidentificationMethodCodeSequence}
    dataset.DeidentificationMethodCodeSequence.extend(
        _code(value, meaning) for value, meaning in codes if value not in held
    )


def dates_word(profile: Profile) -> str:
    """UNMODIFIED, MODIFIED or REMOVED (PS3.3 C.12.1.1.10)."""
    if profile.has(FULL_DATES):
        return "UNMODIFIED"
    return "MODIFIED" if profile.has(MODIFIED_DATES) else "REMOVED"


def program_version() -> str:
    """Of the installed package."""
    try:
        return version("thirdeye-imaging")
    except PackageNotFoundError:
        return "0"


def _code(value: str, meaning: str) -> Any:
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
