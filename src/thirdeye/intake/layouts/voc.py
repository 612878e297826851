"""Pascal VOC: one XML file of boxes per image."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.intake.annotated import annotated_reading
from thirdeye.intake.annotation_xml import read_xml
from thirdeye.intake.files import FoundFiles, find_files
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.table_choice import wants_classes
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.reference import as_path
from thirdeye.intake.regions import Region
from thirdeye.intake.splits import split_name

_LOOKED_AT = 5
_MOST_LIST_BYTES = 64 * 1024**2


def recognise(data: Path, options: Options) -> bool:
    """XML files with boxes, beside images."""
    if not data.is_dir():
        return False
    folder, _ = descend(data)
    files = _xml_files(found := find_files(folder))
    there = bool(found.images) and any(_is_annotation(folder, file) for file in files[:_LOOKED_AT])
    return there and not wants_classes(data, options)


def read(data: Path, options: Options) -> Reading:
    """A row per image; boxes in pixels from the upper left corner; parts from ``ImageSets/Main``.

    Raises:
        DataRefused: no file of boxes can be read.
    """
    folder, sentences = descend(data)
    found = find_files(folder)
    index = NameIndex(folder, found.images, stay_inside=True)
    regions: list[Region] = []
    annotated: set[str] = set()
    lonely, damaged = [], []
    for file in _xml_files(found):
        try:
            root = read_xml(as_path(folder, file), file)
        except UnreadableFile as error:
            damaged.append(f"{file}: {error.reason}")
            continue
        if root.tag != "annotation":
            continue
        image = _image(root, file, index)
        if not image:
            lonely.append(file)
            continue
        annotated.add(image)
        regions += [_region(image, item) for item in root.iter("object") if item.find("bndbox") is not None]
    if not annotated:
        reason = f" ({damaged[0]})" if damaged else ""
        raise DataRefused(f"no Pascal VOC file names an image that is here{reason}; put them side by side")
    regions, told = _from_zero(regions)
    return annotated_reading(
        folder, found, regions, annotated=annotated, task="detection", splits=_splits(folder, found, index),
        split_origin="folders", sentences=(*sentences, *told), lonely=lonely, damaged=damaged,
        others=_others(found),
    )  # fmt: skip


def _xml_files(found: FoundFiles) -> list[str]:
    return [file for file in found.others if file.lower().endswith(".xml")]


def _is_annotation(folder: Path, file: str) -> bool:
    try:
        with as_path(folder, file).open("rb") as opened:
            head = opened.read(4096)
    except OSError:
        return False
    return b"<annotation" in head


def _image(root: ElementTree.Element, file: str, index: NameIndex) -> str:
    """The file that ``filename`` names, else the one called like the XML file."""
    stem = file.rsplit("/", 1)[-1][: -len(".xml")]
    named = [(root.findtext("filename") or "").strip(), stem]
    return next((found for found in index.match(named).references if found), "")


def _region(image: str, item: ElementTree.Element) -> Region:
    box = item.find("bndbox")
    x_min, y_min, x_max, y_max = (
        _number(box.findtext(edge) if box is not None else None) for edge in ("xmin", "ymin", "xmax", "ymax")
    )
    return image, "box", (item.findtext("name") or "").strip(), "", x_min, y_min, x_max, y_max


def _from_zero(regions: list[Region]) -> tuple[list[Region], tuple[str, ...]]:
    """Boxes whose first pixel is 1, as the original development kit writes them, moved to begin at 0.

    Both edges are pixels of the box there, so that its upper left corner moves and its lower right one does
    not. Tools that count from 0 write 0 where a box touches the edge, so the smallest edge of all tells;
    where it is larger than 1 nothing does, and boxes stay as they are. A box whose corners coincide is a
    slip, not an object of one pixel: it stays without extent, and the checks name it.
    """
    starts = [edge for region in regions for edge in region[4:6] if edge == edge]
    if not starts or min(starts) != 1:
        return regions, ()
    moved = [
        one if one[4] == one[6] or one[5] == one[7] else (*one[:4], one[4] - 1, one[5] - 1, *one[6:])
        for one in regions
    ]
    return moved, ("The corners of boxes count pixels from 1, as Pascal VOC does; they are read as from 0.",)


def _number(text: str | None) -> float:
    try:
        return float((text or "")[:40])
    except ValueError:
        return float("nan")


def _splits(folder: Path, found: FoundFiles, index: NameIndex) -> dict[str, str]:
    """Image to part, from lists such as ``ImageSets/Main/train.txt``."""
    splits: dict[str, str] = {}
    for file in found.others:
        *_, parent, name = ("", "", *file.split("/"))
        part = split_name(name.removesuffix(".txt"))
        if not (part and name.endswith(".txt") and parent.lower() in ("main", "imagesets", "layout")):
            continue
        path = as_path(folder, file)
        if path.stat().st_size > _MOST_LIST_BYTES:
            continue
        cells = [line.split()[0] for line in path.read_text("utf-8", "replace").splitlines() if line.split()]
        splits |= {image: part for image in index.match(cells).references if image}
    return splits


def _others(found: FoundFiles) -> Sequence[str]:
    return [f for f in found.others if not f.lower().endswith((".xml", ".txt"))]


LAYOUT = Layout("Pascal VOC boxes (one XML file per image)", recognise, read)
