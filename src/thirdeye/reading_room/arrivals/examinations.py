"""Files that came, sorted into examinations: one of one patient each. Pure: nothing is read or written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from thirdeye.dicom.header import Header
from thirdeye.intake.dicom_folder.items import Items, items_of
from thirdeye.intake.files import natural
from thirdeye.reading_room.arrivals.looked import Looked


@dataclass(frozen=True)
class Part:
    """What will be one image of a case.

    Args:
        kind: "plane", "volume", "slide".
        looked: its files, in their order.
        reference: what to decode, from the folder of the arrival.
        selector: of a series ("series=1f0c22ab"); "": a lone file.
        frames: of the file.
    """

    kind: str
    looked: tuple[Looked, ...]
    reference: str
    selector: str = ""
    frames: int = 1


@dataclass(frozen=True)
class Examination:
    """Images of one patient that were made together.

    Args:
        parts: its images.
        patient: as the header says; "": nobody says.
        uid: of the examination; "": nobody says.
        trouble: word of the reason why it is kept back; "": it is not.
        detail: a sentence to it.
        remarks: words of `check.json`.
    """

    parts: tuple[Part, ...]
    patient: str = field(default="", repr=False)
    uid: str = field(default="", repr=False)
    trouble: str = ""
    detail: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sorted:
    """An arrival, sorted out.

    Args:
        examinations: to be shown, or kept back.
        left_aside: files that are no images to be read: reports, segmentations, localisers, tables.
        copies: files that came twice.
    """

    examinations: tuple[Examination, ...]
    left_aside: int = 0
    copies: int = 0


def sort_out(looked: Sequence[Looked], *, together: bool = False) -> Sorted:
    """Sort files into examinations.

    Args:
        looked: every file of the arrival.
        together: files without a header of their own are one examination; else each is one.
    """
    dicom = [one for one in looked if one.kind == "dicom"]
    lone = [one for one in looked if one.kind in ("picture", "volume", "slide")]
    bad = [one for one in dicom if one.trouble]
    good, copies = _once([one for one in dicom if not one.trouble])
    items = items_of(one.header for one in good if one.header is not None)
    aside = len(items.segmentations) + len(items.reports) + len(items.localisers) + len(items.without_pixels)
    found = [
        *_of_dicom(items, {one.file: one for one in good}),
        *_of_lone(lone, together=together),
        *(_kept_back(one) for one in bad),
    ]
    others = sum(one.kind == "other" for one in looked)
    return Sorted(tuple(found), left_aside=aside + others, copies=copies)


def _once(looked: Iterable[Looked]) -> tuple[list[Looked], int]:
    """Each SOP instance once; how many were copies."""
    kept: dict[str, Looked] = {}
    count = 0
    for one in looked:
        count += 1
        key = one.header.sop_uid if one.header is not None and one.header.sop_uid else one.file
        kept.setdefault(key, one)
    return list(kept.values()), count - len(kept)


def _of_dicom(items: Items, looked: dict[str, Looked]) -> list[Examination]:
    mixed = _series_of_two(looked.values())
    groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
    seen: set[str] = set()
    for item in items.images:
        first = item.headers[0]
        if item.kind == "frame" and first.file in seen:
            continue
        seen.add(first.file)
        if item.kind == "volume" and len({header.patient_id for header in item.headers}) > 1:
            for header in item.headers:  # split: never one volume of two patients
                groups[_key(header)].append(Part("plane", (looked[header.file],), header.file))
            continue
        groups[_key(first)].append(_part(item.kind, item.headers, item.reference, looked))
    return [_examination(key, parts, mixed) for key, parts in groups.items()]


def _part(kind: str, headers: Sequence[Header], reference: str, looked: dict[str, Looked]) -> Part:
    files = tuple(looked[header.file] for header in headers)
    selector = reference.rpartition("#")[2] if "#series=" in reference else ""
    shown = "volume" if kind == "volume" else "plane"
    return Part(shown, files, reference, selector, frames=max(1, headers[0].frames))


def _key(header: Header) -> tuple[str, str]:
    return header.patient_id, header.study_uid or f"file {header.file}"


def _series_of_two(looked: Iterable[Looked]) -> set[str]:
    """UIDs of series that name two patients."""
    patients: dict[str, set[str]] = defaultdict(set)
    for one in looked:
        if one.header is not None and one.header.series_uid:
            patients[one.header.series_uid].add(one.header.patient_id)
    return {series for series, who in patients.items() if len(who) > 1}


def _examination(key: tuple[str, str], parts: list[Part], mixed: set[str]) -> Examination:
    patient, uid = key
    headers = [one.header for part in parts for one in part.looked if one.header is not None]
    alarm = any(header.series_uid in mixed for header in headers)
    remarks = dict.fromkeys(word for part in parts for one in part.looked for word in one.remarks)
    if not patient:
        remarks["warning_no_patient"] = None
    return Examination(
        tuple(sorted(parts, key=lambda part: natural(part.looked[0].file))), patient,
        "" if uid.startswith("file ") else uid, trouble="two_patients" if alarm else "",
        remarks=tuple(remarks),
    )  # fmt: skip


def _of_lone(lone: Sequence[Looked], *, together: bool) -> list[Examination]:
    kinds = {"picture": "plane"}
    parts = [
        Part(kinds.get(one.kind, one.kind), (one,), one.file)
        for one in sorted(lone, key=lambda one: natural(one.file))
    ]
    if together and parts:
        return [Examination(tuple(parts), remarks=("warning_no_header",))]
    return [Examination((part,), remarks=("warning_no_header",)) for part in parts]


def _kept_back(one: Looked) -> Examination:
    part = Part("plane", (one,), one.file)
    return Examination((part,), trouble=one.trouble, detail=one.detail, remarks=one.remarks)


def name_of(file: str) -> str:
    """The last part of a name."""
    return PurePosixPath(file).name
