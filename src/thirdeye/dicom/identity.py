"""Whose image it is, from a DICOM header, in a form that names nobody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from thirdeye.dicom.quiet import quiet_decoders

_MARK_AT = 128


@dataclass(frozen=True)
class Identity:
    """Identifiers of one file ("" where missing).

    Args:
        sop_instance_uid: of the image.
        patient_id: as the header says; never written anywhere, see `pseudonym`.
    """

    sop_instance_uid: str
    patient_id: str


def read_identity(path: Path) -> Identity | None:
    """Identifiers from the header without the pixels; None when it is not readable DICOM."""
    import pydicom

    try:
        with path.open("rb") as file:
            file.seek(_MARK_AT)
            if file.read(4) != b"DICM":
                return None
        with quiet_decoders():
            header = pydicom.dcmread(
                path, stop_before_pixels=True, specific_tags=["SOPInstanceUID", "PatientID"]
            )
    except Exception:  # a damaged header is reported when its pixels are read
        return None
    return Identity(str(header.get("SOPInstanceUID", "")).strip(), str(header.get("PatientID", "")).strip())


def pseudonym(patient_id: str) -> str:
    """A stable name for a patient that does not contain the identifier (SHA-256, 12 digits)."""
    return "patient-" + hashlib.sha256(patient_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
