"""Whose case it is, in a form that names nobody: enough to leave out a patient's own cases."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from thirdeye.case.image import Image
from thirdeye.dicom.identity import pseudonym

DIGITS = 16
PATIENT = "patient"  # attribute of an image: whose it is, in whatever form the file or the user names it


def digest(patient: str) -> str:
    """A stable mark of a patient (SHA-256, 16 digits); "" of none."""
    marked = hashlib.sha256(f"patient:{patient}".encode("utf-8", "surrogatepass"))
    return marked.hexdigest()[:DIGITS] if patient else ""


def digests_of(patient: str | None) -> frozenset[str]:
    """Marks under which a patient may be kept: of the name as given, and of its DICOM pseudonym."""
    return frozenset() if not patient else frozenset((digest(patient), digest(pseudonym(patient))))


def of_patient(image: Image, patient: str | None) -> Image:
    """The image with the patient that a user named; None: as the file says, if it does."""
    if patient is None:
        return image
    return replace(image, attributes={**image.attributes, PATIENT: patient})
