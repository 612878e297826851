"""Which studies an archive holds (C-FIND, PS3.4 annex C)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from thirdeye.dicom.network.entity import associated
from thirdeye.dicom.network.peer import Peer
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.uids import is_uid
from thirdeye.dicom.write.words import safe_value
from thirdeye.errors import StageFailed, UsageError

STUDY_ROOT_FIND = "1.2.840.10008.5.1.4.1.2.2.1"
_PENDING = (0xFF00, 0xFF01)
_DAY = re.compile(r"(\d{8})?(-(\d{8})?)?", re.ASCII)
MOST_STUDIES = 1000


@dataclass(frozen=True)
class Wanted:
    """What is looked for; all that is given must fit. None of it is ever shown or logged.

    Args:
        patient: number of the patient, as it is.
        accession: accession number.
        study: StudyInstanceUID.
        date: "20260131", "20260101-20260131", "20260101-".
        modality: "CR".
    """

    patient: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)
    study: str = field(default="", repr=False)
    date: str = ""
    modality: str = ""

    def __post_init__(self) -> None:
        if not any((self.patient, self.accession, self.study, self.date)):
            raise UsageError(
                "name what to fetch: --patient, --accession, --study or --date; never all there is"
            )
        if self.study and not is_uid(self.study):
            raise UsageError("--study is no UID; expected digits and dots, at most 64 characters")
        if not _DAY.fullmatch(self.date):
            raise UsageError(
                f"--date '{safe_value(self.date)}' is no day; expected 20260131 or 20260101-20260131"
            )
        for option, value in (("--patient", self.patient), ("--accession", self.accession)):
            if any(letter in value for letter in "*?\\") or safe_value(value) != value:
                raise UsageError(f"{option} holds a letter that would match other patients too (* ? or \\)")


@dataclass(frozen=True)
class FoundStudy:
    """A study that fits.

    Args:
        study_uid: its UID.
        date: DICOM date; "" where unknown.
        modalities: in it.
        images: how many; None where the archive does not say.
        patient_id, accession: never shown.
    """

    study_uid: str = field(repr=False)
    date: str = ""
    modalities: tuple[str, ...] = ()
    images: int | None = None
    patient_id: str = field(default="", repr=False)
    accession: str = field(default="", repr=False)


def find_studies(peer: Peer, wanted: Wanted, *, most: int = MOST_STUDIES) -> list[FoundStudy]:
    """Studies of an archive that fit.

    Raises:
        Unreachable: it does not answer.
        StageFailed: it refused the question, or more than `most` fit.
    """
    found: dict[str, FoundStudy] = {}
    with (
        quiet_decoders(),
        associated(peer, [(STUDY_ROOT_FIND, ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"])]) as made,
    ):
        for status, answer in made.send_c_find(_question(wanted), STUDY_ROOT_FIND):
            code = getattr(status, "Status", None)
            if code is None or (code != 0 and code not in _PENDING):
                raise StageFailed(f"{peer.name} could not answer the question; ask for something narrower")
            one = _study(answer) if code in _PENDING and answer is not None else None
            if one is not None and fits(one, wanted):
                found[one.study_uid] = one
            if len(found) > most:
                made.abort()
                raise StageFailed(
                    f"more than {most:,} studies fit; ask for something narrower, such as a --date"
                )
    return list(found.values())


def fits(found: FoundStudy, wanted: Wanted) -> bool:
    """Whether an answer is what was asked for: some archives ignore a key that they do not know."""
    return (
        (not wanted.patient or found.patient_id == wanted.patient)
        and (not wanted.accession or found.accession == wanted.accession)
        and (not wanted.study or found.study_uid == wanted.study)
        and (not wanted.modality or not found.modalities or wanted.modality in found.modalities)
    )


def _question(wanted: Wanted) -> Any:
    from pydicom.dataset import Dataset

    asked = Dataset()
    asked.SpecificCharacterSet = "ISO_IR 192"
    asked.QueryRetrieveLevel = "STUDY"
    asked.StudyInstanceUID = wanted.study
    asked.PatientID, asked.AccessionNumber = wanted.patient, wanted.accession
    asked.StudyDate, asked.ModalitiesInStudy = wanted.date, wanted.modality
    asked.NumberOfStudyRelatedInstances = ""
    return asked


def _study(answer: Any) -> FoundStudy | None:
    uid = str(answer.get("StudyInstanceUID", "") or "")
    if not is_uid(uid):
        return None
    held = answer.get("ModalitiesInStudy") or ()
    count = str(answer.get("NumberOfStudyRelatedInstances", "") or "")
    return FoundStudy(
        study_uid=uid,
        date=safe_value(answer.get("StudyDate", "")),
        modalities=tuple(map(safe_value, [held] if isinstance(held, str) else held)),
        images=int(count) if count.isdigit() else None,
        patient_id=str(answer.get("PatientID", "") or ""),
        accession=str(answer.get("AccessionNumber", "") or ""),
    )
