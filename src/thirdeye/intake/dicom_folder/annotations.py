"""Segmentations and structured reports of a DICOM folder as masks, regions and columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dicom.drawn import read_segments
from thirdeye.dicom.header import Header, series_key
from thirdeye.dicom.outline import boxes_of, in_voxels
from thirdeye.dicom.planes import affine_of
from thirdeye.dicom.report import Group, Report, Shape, read_report
from thirdeye.dicom.stacks import common_folder, stack_key
from thirdeye.errors import UnreadableFile
from thirdeye.intake.collection import MASK_COLUMNS
from thirdeye.intake.dicom_folder.items import ImageItem, Items
from thirdeye.intake.reading import Reading
from thirdeye.intake.reference import as_path
from thirdeye.intake.regions import Region, region_frame
from thirdeye.intake.words import counted, listed

_POINTS = ("POINT", "MULTIPOINT")


@dataclass(frozen=True)
class Images:
    """Images of the folder by what annotations call them.

    Args:
        by_instance: SOP instance UID to item and, of a volume of several files, the slice.
        by_series: series UID to its items.
        by_space: frame of reference UID to its volumes of several files.
    """

    by_instance: Mapping[str, tuple[ImageItem, int | None]]
    by_series: Mapping[str, tuple[ImageItem, ...]]
    by_space: Mapping[str, tuple[ImageItem, ...]]


def annotated(reading: Reading, items: Items) -> Reading:
    """The reading with the masks and regions of its folder, and what reports say as columns.

    A report's findings come as column ``finding``, their sites as ``finding_site``, its numbers as one column
    for each ("measured Volume [ml]"), several of one image joined by "|".
    """
    images = _named(items.images)
    unused: list[str] = []
    masks = [row for header in items.segmentations for row in _masks(reading.root, header, images, unused)]
    reports = [(h, r) for h in items.reports if (r := _report(reading.root, h, unused)) is not None]
    regions, slices = _regions(reports, images)
    columns = _columns(reports, images, unused)
    rows = reading.rows
    for name, values in columns.items():
        rows = rows.assign(**{name: [values.get(image, "") for image in rows["image"]]})
    frame = region_frame(regions)
    if any(part != "" for part in slices):
        frame["slice"] = pd.Series(slices, dtype=object)
    mask_frame = pd.DataFrame(masks, columns=list(MASK_COLUMNS), dtype=object)
    return replace(
        reading,
        rows=rows,
        masks=mask_frame,
        regions=frame,
        sentences=(*reading.sentences, *_told(mask_frame, frame, columns)),
        leftovers={**reading.leftovers, "annotation_unused": tuple(unused)},
    )


def _named(items: Sequence[ImageItem]) -> Images:
    by_instance: dict[str, tuple[ImageItem, int | None]] = {}
    by_series: dict[str, list[ImageItem]] = {}
    by_space: dict[str, list[ImageItem]] = {}
    for item in items:
        several = item.kind == "volume" and item.stack is not None
        for position, header in enumerate(item.headers):
            by_instance.setdefault(header.sop_uid, (item, position if several else None))
        by_series.setdefault(item.headers[0].series_uid, []).append(item)
        if several:
            by_space.setdefault(item.headers[0].space_uid, []).append(item)
    return Images(
        by_instance,
        {uid: tuple(held) for uid, held in by_series.items()},
        {uid: tuple(held) for uid, held in by_space.items() if uid},
    )


def _masks(root: Path, header: Header, images: Images, unused: list[str]) -> Iterator[tuple[str, ...]]:
    """A row for each segment and each image or volume of the series that it was drawn on."""
    sources = _sources(header, images)
    if not sources:
        unused.append(f"{header.file} (its images are not here)")
        return
    try:
        segments = read_segments(as_path(root, header.file), header.file)
    except UnreadableFile as error:
        unused.append(f"{header.file} ({error.reason})")
        return
    for item in sources:
        folder = common_folder([*(h.file for h in item.headers), header.file])
        keys = f"{_key(item)},{series_key(header.sop_uid)}"
        for segment in segments:
            yield item.reference, f"{folder}#series={keys},{segment.number}", segment.name, ""


def _sources(header: Header, images: Images) -> list[ImageItem]:
    """The volumes that hold an image it refers to, of its own patient; else every image of its series."""
    named = [images.by_instance[uid][0] for uid in header.of_images if uid in images.by_instance]
    held = [item for uid in header.of_series for item in images.by_series.get(uid, ())]
    found = {item.reference: item for item in (named or held)}
    return [item for item in found.values() if item.headers[0].patient_id == header.patient_id]


def _key(item: ImageItem) -> str:
    """How a mask's reference calls its images: by the stack, or a single file by its instance."""
    several = item.kind == "volume" and item.stack is not None
    return stack_key(item.stack) if several and item.stack else series_key(item.headers[0].sop_uid)


def _report(root: Path, header: Header, unused: list[str]) -> Report | None:
    try:
        return read_report(as_path(root, header.file), header.file)
    except UnreadableFile as error:
        unused.append(f"{header.file} ({error.reason})")
        return None


def _regions(reports: Sequence[tuple[Header, Report]], images: Images) -> tuple[list[Region], list[str]]:
    """Boxes and points, and of each the slice ("" in an image)."""
    found: list[tuple[Region, str]] = []
    for _, report in reports:
        for group in report.groups:
            name = group.findings[0] if group.findings else ""
            for shape in group.shapes:
                found += _of_shape(shape, group, name, report.observer, images)
    return [region for region, _ in found], [part for _, part in found]


def _of_shape(
    shape: Shape, group: Group, name: str, reader: str, images: Images
) -> Iterator[tuple[Region, str]]:
    kind = "point" if shape.kind in _POINTS else "box"
    if shape.dimensions == 2:
        item, position = images.by_instance.get(shape.image_uid, (None, None))
        if item is None:
            return
        image = item.reference
        if item.kind == "frame":
            image = f"{item.headers[0].file}#frame={shape.frame or 0}"
        part = "" if position is None else str(position)
        for box in boxes_of(shape.kind, shape.points):
            yield (image, kind, name, reader, *box), part
        return
    for item in images.by_space.get(shape.space_uid, ())[:1]:
        affine = _affine(item)
        if affine is None:
            return
        places = in_voxels(shape, affine)
        for box in boxes_of(shape.kind if kind == "point" else "POLYLINE", places.tolist()):
            yield (item.reference, kind, name, reader, *box), str(round(float(places[:, 2].mean())))


def _affine(item: ImageItem) -> NDArray[np.float64] | None:
    first, stack = item.headers[0], item.stack
    if first.plane is None or stack is None or stack.pile is None or not stack.pile.is_grid:
        return None
    return affine_of(first.plane, stack.pile.step_mm)


def _columns(
    reports: Sequence[tuple[Header, Report]], images: Images, unused: list[str]
) -> dict[str, dict[str, str]]:
    """Column to image to cell."""
    cells: dict[str, dict[str, list[str]]] = {}
    for header, report in reports:
        said = False
        for group in report.groups:
            targets = _targets(group, report, images)
            said |= bool(targets)
            for name, value in _statements(group):
                for image in targets:
                    cells.setdefault(name, {}).setdefault(image, []).append(value)
        if not said:
            unused.append(f"{header.file} (its images are not here)")
    return {
        name: {image: "|".join(dict.fromkeys(values)) for image, values in held.items()}
        for name, held in cells.items()
    }


def _targets(group: Group, report: Report, images: Images) -> list[str]:
    """References of what a group speaks of; without images of its own, of what its report speaks of."""
    items = [images.by_instance[uid][0] for uid in group.images if uid in images.by_instance]
    items += [item for uid in group.series for item in images.by_series.get(uid, ())]
    if not items:
        items = [images.by_instance[uid][0] for uid in report.images if uid in images.by_instance]
    return list(dict.fromkeys(item.reference for item in items))


def _statements(group: Group) -> Iterator[tuple[str, str]]:
    yield from (("finding", finding) for finding in group.findings)
    yield from (("finding_site", site) for site in group.sites)
    yield from ((f"said {name}", value) for name, value in group.qualities)
    yield from ((f"measured {m.name} [{m.unit}]", f"{m.value:g}") for m in group.measurements)


def _told(masks: pd.DataFrame, regions: pd.DataFrame, columns: Mapping[str, object]) -> Iterator[str]:
    if len(masks):
        names = list(dict.fromkeys(masks["name"]))
        images = counted(masks["image"].nunique(), "image")
        drawn = counted(len(masks), "mask")
        yield f"Segmentations and structure sets: {drawn} for {images} ({listed(names, 8)})."
    if len(regions):
        images = counted(regions["image"].nunique(), "image")
        places = counted(len(regions), "place")
        yield f"Reports mark {places} in {images}; outlines count as the boxes around them."
    measured = sum(name.startswith("measured ") for name in columns)
    if columns:
        yield (
            f"Reports say what was found (column 'finding') and measured ({counted(measured, 'column')} "
            "'measured ...')."
        )
