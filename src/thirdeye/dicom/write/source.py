"""The images that a result is about: their headers, cleaned, and what a result takes over from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thirdeye.dicom.open import open_dataset, reasons
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.uids import is_uid
from thirdeye.dicom.write.words import LONG, SHORT, safe_value
from thirdeye.errors import DataRefused

Sources = Any  # a path, a dataset, or a sequence of either
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData", "EncapsulatedDocument")
_TEXTS = {
    "PatientName": LONG * 3, "PatientID": LONG, "IssuerOfPatientID": LONG, "AccessionNumber": SHORT,
    "StudyID": SHORT, "ReferringPhysicianName": LONG * 3, "StudyDescription": LONG,
}  # fmt: skip
_PATTERNS = {
    "PatientBirthDate": r"\d{8}", "PatientSex": "[MFO]", "PatientAge": r"\d{3}[DWMY]", "StudyDate": r"\d{8}",
    "StudyTime": r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?", "Laterality": "[LRB]?", "ImageLaterality": "[LRUB]",
}  # fmt: skip
_REQUIRED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
TAKEN_OVER = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge",
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName",
    "StudyDescription",
)  # fmt: skip
ALWAYS = (  # type 2: there, and empty where unknown
    "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID",
    "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip


def headers_of(source: Sources) -> list[Any]:
    """Cleaned headers of the images: without pixels and private elements, every text safe, in UTF-8.

    Args:
        source: a path, a pydicom dataset, or several of one study.

    Raises:
        DataRefused: a UID is missing or no UID, or the images are of several patients or studies.
        UnreadableFile: a file cannot be opened.
    """
    many = source if isinstance(source, Sequence) and not isinstance(source, str) else [source]
    if not many:
        raise DataRefused("a result needs the image that it is about; none was given")
    headers = [_header(one) for one in many]
    for keyword in ("PatientID", "StudyInstanceUID"):
        if len({str(header.get(keyword, "")) for header in headers}) > 1:
            raise DataRefused(
                f"the images of one result differ in their {keyword}; results are made for one patient and "
                "one study at a time"
            )
    return headers


def _header(source: Any) -> Any:
    if isinstance(source, (str, Path)):
        path = Path(source)
        with reasons(path.name):
            return cleaned(open_dataset(path, path.name))
    return cleaned(source)


def cleaned(dataset: Any) -> Any:
    """A copy of a header that a result can be built on; see `headers_of`.

    Raises:
        DataRefused: it lacks a valid UID.
    """
    from pydicom.dataset import Dataset, FileMetaDataset

    copy = Dataset()
    copy.file_meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    with quiet_decoders():
        for element in dataset:
            if not element.tag.is_private and element.keyword and element.keyword not in _PIXELS:
                copy[element.tag] = element
    for keyword in _REQUIRED:
        if not is_uid(str(copy.get(keyword, ""))):
            raise DataRefused(
                f"the source image has no valid {keyword}; a result cannot be filed with it. Ask for the "
                "image from the archive itself"
            )
    for keyword, longest in _TEXTS.items():
        if keyword in copy:
            setattr(copy, keyword, safe_value(copy.get(keyword), longest=longest))
    for keyword, pattern in _PATTERNS.items():
        if keyword in copy and not re.fullmatch(pattern, str(copy.get(keyword) or ""), re.ASCII):
            setattr(copy, keyword, "")
    for keyword in ALWAYS:
        if keyword not in copy:
            setattr(copy, keyword, "")
    copy.SpecificCharacterSet = "ISO_IR 192"
    return copy


def side_of(header: Any) -> str:
    """ "L", "R", "B" or "": the side of a paired part of the body."""
    side = str(header.get("Laterality") or header.get("ImageLaterality") or "")
    return side if side in ("L", "R", "B") else ""


def reference_to(header: Any) -> Any:
    """An item that refers to an image (PS3.3 table 10-11)."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ReferencedSOPClassUID = header.SOPClassUID
    item.ReferencedSOPInstanceUID = header.SOPInstanceUID
    return item
