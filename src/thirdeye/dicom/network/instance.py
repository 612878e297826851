"""One received instance: read just far enough to file it, believed in nothing."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import Any

from thirdeye.dicom.guard import check_deflated
from thirdeye.dicom.network.meta import head_of
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.uids import is_uid

_TAGS = [
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID",
    "IssuerOfPatientID", "PatientName", "Modality",
]  # fmt: skip
_WAY_UP = re.compile(r"(^|[\\/])\.\.([\\/]|$)|[\x00-\x1f]")
MOST_INFLATED = 512 * 1024**2  # bytes of a deflated dataset
_KEY = 20  # hexadecimal digits of a hash that names a file: 80 bits


class Misfit(ValueError):
    """An instance that is not taken; its text says why and names nobody."""


@dataclass(frozen=True)
class Instance:
    """Where an instance belongs, in names that hold no identifier.

    Args:
        study, series, patient, image: hashes of the UIDs and of the patient's number.
        sop_class: UID of what it is.
        modality: "CR"; "" where it says none.
        sop_uid, study_uid: UIDs, never written anywhere.
    """

    study: str
    series: str
    patient: str
    image: str
    sop_class: str
    modality: str
    sop_uid: str = field(repr=False)
    study_uid: str = field(repr=False)

    @property
    def place(self) -> str:
        """Of its file, below the folder; images of two patients never share a folder."""
        return f"{self.study}/{_hash(self.series, self.patient)}/{self.image}.dcm"


def instance_of(content: bytes, *, sop_uid: str | None = None) -> Instance:
    """What an encoded dataset says of itself.

    Args:
        content: a whole file (PS3.10).
        sop_uid: that the sender announced; None: it announced none.

    Raises:
        Misfit: a UID is missing, too long or none; the number of the patient is a way through folders; it
            nests too deeply or cannot be read.
    """
    header = _header(content)
    uids = {
        key: str(header.get(key, "") or "")
        for key in ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
    }
    for keyword, value in uids.items():
        if not is_uid(value):
            raise Misfit(f"its {keyword} is {'missing' if not value else 'no UID'}")
    if sop_uid is not None and sop_uid != uids["SOPInstanceUID"]:
        raise Misfit("it was announced under another SOPInstanceUID than its own")
    patient = str(header.get("PatientID", "") or "").strip()
    if _WAY_UP.search(patient):
        raise Misfit("its PatientID holds control letters or a way through folders")
    whose = (patient or str(header.get("PatientName", "")), str(header.get("IssuerOfPatientID", "")))
    return Instance(
        study=_hash("study", uids["StudyInstanceUID"]),
        series=_hash("series", uids["SeriesInstanceUID"]),
        patient=_hash("patient", *whose),
        image=_hash("image", uids["SOPInstanceUID"]),
        sop_class=uids["SOPClassUID"],
        modality="".join(c for c in str(header.get("Modality", ""))[:16] if c.isalnum()),
        sop_uid=uids["SOPInstanceUID"],
        study_uid=uids["StudyInstanceUID"],
    )


def _header(content: bytes) -> Any:
    import pydicom

    syntax, start = head_of(content)
    if content[128:132] != b"DICM" or not is_uid(syntax):
        raise Misfit("it is no DICOM file")
    try:
        check_deflated(syntax, memoryview(content)[start:], most_bytes=MOST_INFLATED)
        with quiet_decoders():
            return pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True, specific_tags=list(_TAGS))
    except RecursionError as error:
        raise Misfit("it nests its sequences too deeply") from error
    except Exception as error:  # pydicom raises anything on damage; its words may quote values
        raise Misfit("its header cannot be read") from error


def _hash(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:_KEY]
