"""Structured reports: measurement groups with findings, values and shapes (PS3.16 TID 1500, TID 1410)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from thirdeye.dicom.header import short_name
from thirdeye.dicom.open import open_dataset, reasons

_GROUP = "125007"  # DCM Measurement Group
_FINDING = ("121071", "246188002")  # DCM and SCT Finding
_SITE = ("363698007", "G-C0E3")  # SCT and SRT Finding Site
_OBSERVER = "121008"  # DCM Person Observer Name
_SOURCE_SERIES = ("121232", "121233")  # DCM source series / image for segmentation
_MOST_ITEMS = 100_000
_LONGEST = 64


@dataclass(frozen=True)
class Measurement:
    """One number.

    Args:
        name: with what was derived ("SUVbw Mean").
        value: finite.
        unit: UCUM ("mm").
    """

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Shape:
    """One outline.

    Args:
        kind: "POINT", "MULTIPOINT", "POLYLINE", "POLYGON", "CIRCLE", "ELLIPSE" or "ELLIPSOID".
        points: (x, y) in pixels from the upper left corner of the image, or (x, y, z) in mm (LPS+).
        image_uid: SOP instance UID of the image ("" for points in space).
        frame: of the image, from 0; None where it has one frame.
        space_uid: frame of reference of points in space.
    """

    kind: str
    points: tuple[tuple[float, ...], ...]
    image_uid: str = field(default="", repr=False)
    frame: int | None = None
    space_uid: str = field(default="", repr=False)

    @property
    def dimensions(self) -> Literal[2, 3]:
        """2 in an image, 3 in space."""
        return 3 if self.space_uid else 2


@dataclass(frozen=True)
class Group:
    """One measurement group: what was found, where, and what was measured of it.

    Args:
        findings: meanings of the codes ("Neoplasm, Primary").
        sites: where ("Liver").
        qualities: further coded statements: name to meaning ("Malignancy": "Highly suspicious").
        measurements: numbers.
        shapes: outlines.
        images: SOP instance UIDs of images that the group speaks of.
        series: series UIDs that it speaks of.
    """

    findings: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    qualities: tuple[tuple[str, str], ...] = ()
    measurements: tuple[Measurement, ...] = ()
    shapes: tuple[Shape, ...] = ()
    images: tuple[str, ...] = field(default=(), repr=False)
    series: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Report:
    """What a structured report says of images.

    Args:
        observer: pseudonym of the person ("reader-1f0c22ab"), or "".
        groups: in the order of the report; where it has no measurement groups, one of everything in it.
        images: SOP instance UIDs of all images that it refers to.
    """

    observer: str
    groups: tuple[Group, ...]
    images: tuple[str, ...] = field(default=(), repr=False)


def read_report(path: Path, name: str) -> Report:
    """Read a structured report; texts and names are not kept, only codes, numbers and shapes.

    Raises:
        UnreadableFile: damaged, nested too deeply, or no structured report.
    """
    with reasons(name):
        dataset = open_dataset(path, name)
        if "ContentSequence" not in dataset:
            raise ValueError("is a DICOM object without content items, no structured report")
        try:
            items = list(_walk(dataset))
        except RecursionError as error:
            raise ValueError("nests its content too deeply") from error
        groups = [item for item in items if _code(item) == _GROUP]
        observer = next((str(i.get("PersonName", "")) for i in items if _code(i) == _OBSERVER), "")
        return Report(
            observer=short_name("reader", observer),
            groups=tuple(_group(group) for group in groups or [dataset]),
            images=tuple(dict.fromkeys(uid for item in items for uid in _instances(item))),
        )


def _walk(item: Any) -> Iterator[Any]:
    """Every content item below, in order."""
    seen = 0
    waiting = list(reversed(item.get("ContentSequence") or ()))
    while waiting:
        current = waiting.pop()
        seen += 1
        if seen > _MOST_ITEMS:
            raise ValueError(f"holds more than {_MOST_ITEMS:,} content items")
        yield current
        waiting.extend(reversed(current.get("ContentSequence") or ()))


def _group(group: Any) -> Group:
    items = list(_walk(group))
    coded = [(item, _code(item)) for item in items if item.get("ValueType") == "CODE"]
    qualities = [
        (_name(item), _meaning(item))
        for item, code in coded
        if item.get("RelationshipType") == "CONTAINS" and code not in _FINDING
    ]
    return Group(
        findings=tuple(dict.fromkeys(_meaning(item) for item, code in coded if code in _FINDING)),
        sites=tuple(dict.fromkeys(_meaning(item) for item, code in coded if code in _SITE)),
        qualities=tuple(pair for pair in qualities if all(pair)),
        measurements=tuple(m for item in items if (m := _measurement(item))),
        shapes=tuple(shape for item in items for shape in _shapes(item)),
        images=tuple(dict.fromkeys(uid for item in items for uid in _instances(item))),
        series=tuple(
            str(item.get("UID", ""))
            for item in items
            if item.get("ValueType") == "UIDREF" and _code(item) in _SOURCE_SERIES
        ),
    )


def _measurement(item: Any) -> Measurement | None:
    values = item.get("MeasuredValueSequence")
    if item.get("ValueType") != "NUM" or not values:
        return None
    value = float(values[0].get("NumericValue", math.nan))
    if not math.isfinite(value):
        return None
    units = values[0].get("MeasurementUnitsCodeSequence")
    derived = [
        _meaning(part) for part in item.get("ContentSequence") or () if _code(part) in ("121401", "121404")
    ]
    return Measurement(
        " ".join([_name(item), *derived]), value, _plain(units[0].get("CodeValue")) if units else ""
    )


def _shapes(item: Any) -> list[Shape]:
    kind = str(item.get("ValueType", ""))
    data = item.get("GraphicData")
    if kind not in ("SCOORD", "SCOORD3D") or data is None:
        return []
    numbers = [float(value) for value in data]
    size = 3 if kind == "SCOORD3D" else 2
    if not numbers or len(numbers) % size or not all(map(math.isfinite, numbers)):
        return []
    points = tuple(tuple(numbers[at : at + size]) for at in range(0, len(numbers), size))
    graphic = str(item.get("GraphicType", ""))
    if size == 3:
        return [Shape(graphic, points, space_uid=str(item.get("ReferencedFrameOfReferenceUID", "")) or "?")]
    references = [ref for part in item.get("ContentSequence") or () for ref in _references(part)]
    return [
        Shape(graphic, points, str(ref.get("ReferencedSOPInstanceUID", "")), _frame(ref))
        for ref in references
    ]


def _frame(reference: Any) -> int | None:
    number = reference.get("ReferencedFrameNumber")
    if number is None:
        return None
    return int(number[0] if hasattr(number, "__len__") and not isinstance(number, str) else number) - 1


def _references(item: Any) -> Sequence[Any]:
    return item.get("ReferencedSOPSequence") or () if item.get("ValueType") == "IMAGE" else ()


def _instances(item: Any) -> list[str]:
    return [str(ref.get("ReferencedSOPInstanceUID", "")) for ref in _references(item)]


def _code(item: Any) -> str:
    codes = item.get("ConceptNameCodeSequence")
    return str(codes[0].get("CodeValue", "")) if codes else ""


def _name(item: Any) -> str:
    codes = item.get("ConceptNameCodeSequence")
    return _plain(codes[0].get("CodeMeaning")) if codes else ""


def _meaning(item: Any) -> str:
    codes = item.get("ConceptCodeSequence")
    return _plain(codes[0].get("CodeMeaning")) if codes else ""


def _plain(value: Any) -> str:
    return "".join(c for c in str(value or "").strip()[:_LONGEST] if c.isprintable())
