"""All objects of one opinion: what the reading room sends when a case is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from thirdeye.case.opinion import Opinion
from thirdeye.dicom.write.decision import Decision
from thirdeye.dicom.write.encapsulated_pdf import encapsulated_pdf
from thirdeye.dicom.write.object import Maker
from thirdeye.dicom.write.secondary_capture import secondary_capture
from thirdeye.dicom.write.segmentation import Mask, segmentation
from thirdeye.dicom.write.source import headers_of
from thirdeye.dicom.write.structured_report import structured_report


def result_objects(
    source: Any,
    opinion: Opinion,
    *,
    decision: Decision | None = None,
    picture_png: bytes | None = None,
    pdf: bytes | None = None,
    masks: Sequence[Mask] | None = None,
    wording: Sequence[str] = (),
    classes: Mapping[str, str] = MappingProxyType({}),
    now: datetime | None = None,
) -> list[Any]:
    """Segmentation, structured report, secondary capture and document of one opinion, each a new series.

    Args:
        source: the image that the opinion is about: path, pydicom dataset, or the slices of a series.
        opinion: of the machine.
        decision: of the doctor; None: the report holds the opinion alone.
        picture_png: a picture of the opinion; None: no secondary capture.
        pdf: the opinion as a document; None: no encapsulated document.
        masks: what was marked; None: no segmentation.
        wording: sentences of the opinion, kept in the report as comments.
        classes: name of a class, as the opinion has it, to the class; codes follow the class.
        now: time of writing, the same in all objects.

    Raises:
        DataRefused: the source lacks valid UIDs, or a mask, picture or document does not fit.
        MissingExtra: without highdicom.
    """
    headers = headers_of(source)
    at = now or datetime.now().astimezone()
    maker = Maker.of(opinion.model)
    marked = None if not masks else segmentation(headers, masks, maker, classes=classes, now=at)
    made = [] if marked is None else [marked]
    made.append(
        structured_report(
            headers, opinion, decision=decision, segmentation=marked, wording=wording, classes=classes, now=at
        )
    )
    if picture_png is not None:
        made.append(secondary_capture(headers, picture_png, maker, now=at))
    if pdf is not None:
        made.append(encapsulated_pdf(headers, pdf, maker, now=at))
    return made


KINDS = {"SEG": "segmentation", "SR": "report", "OT": "picture", "DOC": "document"}


def save_objects(objects: Sequence[Any], folder: Path, stem: str) -> tuple[str, ...]:
    """Write objects as ``STEM.segmentation.dcm`` and alike, each whole or not at all; the names.

    Args:
        objects: of `result_objects`.
        folder: made where it does not exist.
        stem: without anything that names a patient.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for one in objects:
        name = f"{stem}.{KINDS.get(str(one.Modality), 'object')}.dcm"
        draft = folder / f".{name}.part"
        one.save_as(draft, enforce_file_format=True)
        draft.replace(folder / name)
        names.append(name)
    return tuple(names)
