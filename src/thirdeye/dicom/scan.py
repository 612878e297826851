"""Headers of many DICOM files, one at a time and without their pixels."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from thirdeye.dicom.groups import number_of_frames
from thirdeye.dicom.guard import check_deflated
from thirdeye.dicom.header import Header, short_name
from thirdeye.dicom.header_words import SHORT_VIEWS, age_years, iso_date, weighting
from thirdeye.dicom.open import first_line
from thirdeye.dicom.planes import plane_of
from thirdeye.dicom.quiet import quiet_decoders

_TEXTS = {
    "sop_class": "SOPClassUID",
    "sop_uid": "SOPInstanceUID",
    "series_uid": "SeriesInstanceUID",
    "study_uid": "StudyInstanceUID",
    "space_uid": "FrameOfReferenceUID",
    "patient_id": "PatientID",
    "accession": "AccessionNumber",
    "modality": "Modality",
    "body_part": "BodyPartExamined",
    "view": "ViewPosition",
    "manufacturer": "Manufacturer",
    "device": "ManufacturerModelName",
    "photometric": "PhotometricInterpretation",
    "sex": "PatientSex",
    "description": "SeriesDescription",
}
# What tells slices at the same place apart, in the order in which it is tried.
MARKS = (
    "EchoTime", "DiffusionBValue", "TemporalPositionIdentifier", "AcquisitionNumber", "InversionTime",
    "TriggerTime", "AcquisitionTime", "ImageType", "SpacingBetweenSlices", "ContentTime",
)  # fmt: skip
_OTHERS = (
    "ImageLaterality", "Laterality", "PatientAge", "StudyDate", "InstitutionName", "Rows", "Columns",
    "NumberOfFrames", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing",
    "SpecificCharacterSet", "InstanceNumber", "ReferencedSeriesSequence", "ViewCodeSequence",
    "AnatomicRegionSequence", "ReferencedFrameOfReferenceSequence",
)  # fmt: skip
_TAGS = [*_TEXTS.values(), *MARKS, *_OTHERS]
_LONGEST = 64
_MOST_REFERENCES = 8
_MOST_INFLATED = 256 * 1024**2
_SAYS_NOTHING = frozenset(["none", "unknown", "n/a", "na", "null"])
_DEFLATED = b"1.2.840.10008.1.2.1.99"


def scan_headers(root: Path, files: Iterable[str]) -> Iterator[Header]:
    """The header of each file, in order; a file that cannot be read gives a header with its reason.

    Only the elements named in this module are decoded, pixels are not read, and nothing is kept between
    files, so memory does not grow with their number.

    Args:
        root: folder that `files` are relative to.
        files: as the operating system names them, with forward slashes.
    """
    for file in files:
        yield read_header(root / file, file)


def dicom_files(folder: Path) -> list[str]:
    """Files below `folder` that carry the mark of DICOM, or its suffix, relative and in order of name."""
    found: list[str] = []
    entered: set[str] = set()
    for current, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(current)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(current) / name for name in sorted(names) if not name.startswith("."))
        found += [path.relative_to(folder).as_posix() for path in paths if _looks_like_dicom(path)]
    return found


def _looks_like_dicom(path: Path) -> bool:
    if path.name.upper() == "DICOMDIR":
        return False
    try:
        if not path.is_file():
            return False
        if path.suffix.lower() in (".dcm", ".dicom", ".ima"):
            return True
        with path.open("rb") as file:
            return file.read(132)[128:] == b"DICM"
    except OSError:
        return False


def read_header(path: Path, file: str) -> Header:
    """One header; see `scan_headers`."""
    import pydicom

    try:
        with quiet_decoders():
            with path.open("rb") as stream:
                head = stream.read(2048)
                if not head:
                    return Header(file, error="is empty (0 bytes)")
                if _DEFLATED in head:
                    _check_inflation(path)
                stream.seek(0)
                data = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=_TAGS, force=True)
            return _header(data, path, file)
    except RecursionError:
        return Header(file, error="nests its DICOM sequences too deeply")
    except ValueError as error:
        return Header(file, error=first_line(error))
    except Exception as error:  # a damaged header may raise anything
        return Header(file, error=f"is a damaged DICOM file ({first_line(error)})")


def _check_inflation(path: Path) -> None:
    from pydicom.filereader import read_file_meta_info

    meta = read_file_meta_info(path)
    start = 144 + meta.get("FileMetaInformationGroupLength", 0)
    syntax = str(meta.get("TransferSyntaxUID", ""))
    check_deflated(syntax, path.read_bytes()[start:], most_bytes=_MOST_INFLATED)


def _header(data: Any, path: Path, file: str) -> Header:
    texts = {name: _text(data, keyword) for name, keyword in _TEXTS.items()}
    texts["view"] = texts["view"] or _coded(data, "ViewCodeSequence")
    texts["body_part"] = texts["body_part"] or _coded(data, "AnatomicRegionSequence")
    if not texts["sop_class"] and not texts["modality"] and "Rows" not in data:
        return Header(file, error="is not DICOM")
    frames = number_of_frames(data)
    refuse_half(data, texts["sop_class"])
    referenced = list(data.get("ReferencedSeriesSequence") or ()) + _contoured_series(data)
    image_type = str(data.get("ImageType", "")).upper()
    return Header(
        file=file,
        **{name: value for name, value in texts.items() if name != "description"},
        laterality=_text(data, "ImageLaterality") or _text(data, "Laterality"),
        sequence=weighting(texts["description"]) if texts["modality"] == "MR" else "",
        site=short_name("site", _text(data, "InstitutionName")),
        age=age_years(_text(data, "PatientAge")),
        date=iso_date(_text(data, "StudyDate")),
        height=_whole(data, "Rows"),
        width=_whole(data, "Columns"),
        frames=frames,
        plane=plane_of(data),
        n_bytes=path.stat().st_size,
        is_localiser="LOCALIZER" in image_type or "SCOUT" in image_type,
        marks=tuple(str(data.get(mark, "")) for mark in MARKS),
        has_places=frames > 1 and _has_places(path),
        of_series=tuple(_text(item, "SeriesInstanceUID") for item in referenced),
        of_images=tuple(
            _text(image, "ReferencedSOPInstanceUID")
            for item in referenced
            for image in (item.get("ReferencedInstanceSequence") or ())[:_MOST_REFERENCES]
        ),
    )


def refuse_half(data: Any, sop_class: str) -> None:
    """A header that says it is of an image, and then does not describe one.

    Raises:
        ValueError: Rows or Columns are 0, or the file ends before them.
    """
    from pydicom.uid import UID

    if "Rows" in data and "Columns" in data:
        if not data.Rows or not data.Columns:
            raise ValueError(f"claims {data.Columns} x {data.Rows} pixels")
    elif UID(sop_class).name.endswith("Image Storage"):
        raise ValueError("ends before its header says how large the image is")


def _has_places(path: Path) -> bool:
    """Whether several frames each have a place: their functional groups are read only here."""
    import pydicom

    from thirdeye.dicom.multiframe import frame_planes

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        return frame_planes(header) is not None
    except Exception:  # told when the pixels are read
        return False


def _text(data: Any, keyword: str) -> str:
    value = data.get(keyword)
    text = str(value).strip().strip("\0") if value is not None else ""
    if text.casefold() in _SAYS_NOTHING:
        return ""
    return "".join(c for c in text[:_LONGEST] if c.isprintable())


def _coded(data: Any, keyword: str) -> str:
    """Meaning of a code, in the short form of ViewPosition where there is one."""
    items = data.get(keyword)
    meaning = _text(items[0], "CodeMeaning") if items else ""
    return SHORT_VIEWS.get(meaning.casefold().replace("-", "").replace(" ", ""), meaning)


def _contoured_series(data: Any) -> list[Any]:
    """Series that a structure set was drawn on (PS3.3 C.8.8.5)."""
    return [
        series
        for space in data.get("ReferencedFrameOfReferenceSequence") or ()
        for study in space.get("RTReferencedStudySequence") or ()
        for series in study.get("RTReferencedSeriesSequence") or ()
    ]


def _whole(data: Any, keyword: str) -> int:
    try:
        return int(data.get(keyword) or 0)
    except (TypeError, ValueError):
        return 0
