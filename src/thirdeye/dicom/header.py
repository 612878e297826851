"""What is kept of the header of one DICOM file, and pseudonyms of what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from thirdeye.dicom.identity import pseudonym
from thirdeye.dicom.planes import Plane


@dataclass(frozen=True, slots=True)
class Header:
    """What is kept of one file. The fields that identify a person are not shown by `repr`.

    Args:
        file: relative to the folder that was scanned, with forward slashes.
        error: why the header cannot be read; "" when it can, and only then the others mean something.
        sop_class, sop_uid, series_uid, study_uid, space_uid (frame of reference), patient_id, accession:
            identifiers, never written anywhere.
        modality, body_part, view, laterality, manufacturer, device, photometric, sex: as in the header.
        sequence: what the description of an MR series says of its weighting ("T1", "FLAIR contrast").
        site: pseudonym of the institution ("site-1f0c22ab"); "" where unknown.
        age: years, "" where unknown; from 90 on "90" (as 45 CFR 164.514 asks).
        date: of the study, ISO 8601; "" where unknown.
        height, width, frames: pixels and frames; 0 where unknown.
        n_bytes: size of the file.
        plane: where the image lies; None where unknown.
        is_localiser: an image that was made to plan others.
        marks: values of `MARKS` as text.
        has_places: several frames, each with a place in space.
        of_series: series that a segmentation or structure set refers to (UIDs).
        of_images: of each of them the first images that it refers to (UIDs).
    """

    file: str
    error: str = ""
    sop_class: str = field(default="", repr=False)
    sop_uid: str = field(default="", repr=False)
    series_uid: str = field(default="", repr=False)
    study_uid: str = field(default="", repr=False)
    space_uid: str = field(default="", repr=False)
    patient_id: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)
    modality: str = ""
    body_part: str = ""
    view: str = ""
    laterality: str = ""
    manufacturer: str = ""
    device: str = ""
    photometric: str = ""
    sex: str = ""
    sequence: str = ""
    site: str = ""
    age: str = ""
    date: str = ""
    height: int = 0
    width: int = 0
    frames: int = 0
    n_bytes: int = 0
    plane: Plane | None = None
    is_localiser: bool = False
    marks: tuple[str, ...] = ()
    has_places: bool = False
    of_series: tuple[str, ...] = field(default=(), repr=False)
    of_images: tuple[str, ...] = field(default=(), repr=False)

    @property
    def patient(self) -> str:
        """Pseudonym of the patient; "" where the header names none."""
        return pseudonym(self.patient_id) if self.patient_id else ""

    @property
    def study(self) -> str:
        """Pseudonym of the study; "" where the header names none."""
        return short_name("study", self.study_uid)

    @property
    def series(self) -> str:
        """First eight hexadecimal digits of the SHA-256 of the series' UID; "" where there is none."""
        return series_key(self.series_uid)


def series_key(series_uid: str) -> str:
    """The name of a series in references: ``folder#series=1f0c22ab``."""
    return hashlib.sha256(series_uid.encode("utf-8", "surrogatepass")).hexdigest()[:8] if series_uid else ""


def short_name(kind: str, value: str) -> str:
    """A stable pseudonym ("site-1f0c22ab") that does not contain the value; "" for "".

    It hides a name from a reader, not from somebody who tries every name: the hash has no key.
    """
    return f"{kind}-{series_key(value.strip().casefold())}" if value.strip() else ""
