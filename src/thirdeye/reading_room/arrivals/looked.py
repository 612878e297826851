"""What a worker process finds out about one file: what it is, whose it is, whether it can be read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import thirdeye.intake.formats  # noqa: F401 - enters the formats into the registry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dicom.header import Header
from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.dicom.scan import read_header
from thirdeye.dicom.uids import is_uid
from thirdeye.errors import UnreadableFile
from thirdeye.inference.wording import readable
from thirdeye.intake.dicom_folder.sources import has_mark
from thirdeye.intake.formats.format import FORMATS, HEAD_BYTES
from thirdeye.intake.pixels import load

_LONGEST = 200  # letters of a text that is kept
_LONGEST_DESCRIPTION = 80
# Name on the check to element of DICOM; `IDENTITY` is shown there alone.
IDENTITY = {
    "name": "PatientName", "id": "PatientID", "birth_date": "PatientBirthDate", "sex": "PatientSex",
    "accession": "AccessionNumber",
}  # fmt: skip
FACTS = {
    "modality": "Modality", "body_part": "BodyPartExamined", "view": "ViewPosition", "date": "StudyDate",
    "description": "StudyDescription",
}  # fmt: skip
_SIDES = ("ImageLaterality", "Laterality", "FrameLaterality")
_DOUBTS = (
    "SpecificCharacterSet", "WindowWidth", "PixelSpacing", "ImagerPixelSpacing", "RescaleSlope",
    "RescaleIntercept", "ImageOrientationPatient", "StudyDate", "PatientBirthDate",
)  # fmt: skip
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_DICOM_ENDINGS = (".dcm", ".dicom", ".ima")


@dataclass(frozen=True)
class Looked:
    """What is known of one file.

    Args:
        file: relative to the folder of the arrival.
        kind: "dicom", "picture", "volume", "slide"; "other": no image at all.
        header: of DICOM.
        identity: who it is about; empty where the file does not say.
        facts: modality, body part, view, side, date, description.
        remarks: words of `check.json` ("warning_charset").
        trouble: word of the reason why it is kept back ("bad_uid"); "": none.
        detail: sentence that goes with the trouble.
    """

    file: str
    kind: str
    header: Header | None = None
    identity: Mapping[str, str] = field(default_factory=dict, repr=False)
    facts: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    trouble: str = ""
    detail: str = ""


def look(root: Path, file: str) -> Looked:
    """Look at a file without decoding its pixels.

    Args:
        root: folder of the arrival.
        file: relative to it.
    """
    path = root / file
    if has_mark(path) or file.lower().endswith(_DICOM_ENDINGS):
        return _dicom(path, file)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for _, known in FORMATS:
        if known.recognise(head, file.lower()):
            kind = {"image": "picture", "signal": "other"}.get(known.kind, known.kind)
            return Looked(file, kind)
    return Looked(file, "other")


def decode(root: Path, reference: str) -> dict[str, Any]:
    """Decode an image or volume once, so that what cannot be read is kept back before anybody waits for it.

    Args:
        root: folder of the arrival.
        reference: see `thirdeye.intake.reference`.

    Returns:
        What the store keeps of an image: rows, columns, slices, spacing, bits, what makes its look doubtful.

    Raises:
        UnreadableFile: it cannot be read.
    """
    item = load(root, reference)
    if isinstance(item, Image):
        return {
            "rows": item.height, "columns": item.width, "bits": item.bits, "colour": item.is_colour,
            "spacing_mm": None if item.spacing_mm is None else [float(one) for one in item.spacing_mm],
            "constant": bool(item.pixels.min() == item.pixels.max()),
        }  # fmt: skip
    if not isinstance(item, Volume):
        raise UnreadableFile(reference, "is a signal; this room shows images")
    rows, columns, slices = (int(one) for one in item.voxels.shape[:3])
    return {
        "rows": rows, "columns": columns, "slices": slices,
        "spacing_mm": [float(one) for one in item.geometry.spacing_mm], "constant": False,
    }  # fmt: skip


def _dicom(path: Path, file: str) -> Looked:
    header = read_header(path, file)
    if header.error:
        return Looked(file, "dicom", header, trouble="unreadable", detail=header.error)
    try:
        data = _elements(path)
    except RecursionError:
        return Looked(file, "dicom", header, trouble="unreadable", detail="nests its sequences too deeply")
    except Exception as error:  # a damaged header may raise anything
        return Looked(
            file, "dicom", header, trouble="unreadable", detail=f"is damaged ({type(error).__name__})"
        )
    identity = {name: said for name, keyword in IDENTITY.items() if (said := _text(data, keyword))}
    facts = {name: said for name, keyword in FACTS.items() if (said := _text(data, keyword))}
    if side := next((said for keyword in _SIDES if (said := _text(data, keyword))), ""):
        facts["side"] = side
    facts = {name: said[:_LONGEST_DESCRIPTION] for name, said in facts.items()}
    trouble = "bad_uid" if any(not _believable(data, keyword) for keyword in _UIDS) else ""
    return Looked(file, "dicom", header, identity, facts, _doubts(data), trouble=trouble)


def _elements(path: Path) -> Any:
    import pydicom

    tags = [*IDENTITY.values(), *FACTS.values(), *_SIDES, *_DOUBTS, *_UIDS]
    with quiet_decoders():
        return pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(dict.fromkeys(tags)), force=True
        )


def _text(data: Any, keyword: str) -> str:
    """An element as text that can be nothing but text; letters that cannot be shown are replaced."""
    try:
        value = data.get(keyword)
    except Exception:  # an element that cannot be converted
        return ""
    return "" if value is None else readable(str(value).strip().strip("\x00"))[:_LONGEST]


def _believable(data: Any, keyword: str) -> bool:
    return keyword not in data or is_uid(_text(data, keyword))


def _doubts(data: Any) -> tuple[str, ...]:
    found = {
        "warning_charset": not _known_charset(data),
        "warning_text": any("\N{REPLACEMENT CHARACTER}" in _text(data, one) for one in IDENTITY.values()),
        "warning_window": any(value <= 0 for value in _numbers(data, "WindowWidth")),
        "warning_spacing": any(
            value <= 0 for one in ("PixelSpacing", "ImagerPixelSpacing") for value in _numbers(data, one)
        ),
        "warning_rescale": any(abs(value) > 1e6 or value == 0 for value in _numbers(data, "RescaleSlope")),
        "warning_orientation": not _oriented(_numbers(data, "ImageOrientationPatient")),
        "warning_date": any(not _is_date(_text(data, one)) for one in ("StudyDate", "PatientBirthDate")),
    }
    return tuple(word for word, is_so in found.items() if is_so)


def _known_charset(data: Any) -> bool:
    from pydicom.charset import python_encoding

    value = data.get("SpecificCharacterSet")
    said = [value] if isinstance(value, str) or value is None else list(value)
    return all(not one or str(one) in python_encoding for one in said)


def _numbers(data: Any, keyword: str) -> list[float]:
    """The numbers of an element; one that is none, or not finite, is -1."""
    try:
        value = data.get(keyword)
        values = (
            []
            if value is None or value == ""
            else value
            if isinstance(value, list) or hasattr(value, "__iter__")
            else [value]
        )
        numbers = [float(one) for one in values]
    except Exception:
        return [-1.0]
    return [one if math.isfinite(one) else -1.0 for one in numbers]


def _oriented(cosines: list[float]) -> bool:
    """None given, or two directions of length 1 at right angles."""
    if not cosines:
        return True
    if len(cosines) != 6:
        return False
    row, column = cosines[:3], cosines[3:]
    lengths = [math.fsum(one * one for one in part) for part in (row, column)]
    across = math.fsum(a * b for a, b in zip(row, column, strict=True))
    return all(abs(one - 1) < 0.02 for one in lengths) and abs(across) < 0.02


def _is_date(said: str) -> bool:
    return not said or (len(said) == 8 and said.isdecimal() and said.isascii())
