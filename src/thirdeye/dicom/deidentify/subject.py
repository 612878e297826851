"""What is needed to clean one file: the profile, the key, the patient, and a tally of what was done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from thirdeye.dicom.deidentify.identifiers import Identifiers
from thirdeye.dicom.deidentify.profile import Profile
from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms


@dataclass(frozen=True)
class Subject:
    """One file under de-identification.

    Args:
        profile: basic profile and options.
        pseudonyms: of the key.
        patient: the pseudonym that takes the place of the patient's id and name.
        days: by how many days dates are moved.
        persons: identifiers of the file, which may be left nowhere.
        done: what was done to how many attributes, in the words of the report.
    """

    profile: Profile
    pseudonyms: Pseudonyms
    patient: str
    days: int
    persons: Identifiers
    done: Counter[str] = field(default_factory=Counter)
