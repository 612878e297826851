"""COCO: one JSON file with images, categories and annotations (boxes, outlines, run lengths, points)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thirdeye.errors import DataRefused
from thirdeye.intake.annotated import annotated_reading
from thirdeye.intake.annotation_json import as_list, mentions, read_json
from thirdeye.intake.coco_document import CocoDocument, read_document
from thirdeye.intake.files import FoundFiles, find_files
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.table_choice import wants_classes
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.reference import as_path
from thirdeye.intake.splits import split_name
from thirdeye.intake.words import counted, listed, plain

_KEYS = ("images", "annotations", "categories")


def recognise(data: Path, options: Options) -> bool:
    """A JSON file that mentions images, annotations and categories, beside images."""
    if not data.is_dir():
        return False
    folder, _ = descend(data)
    found = find_files(folder)
    return bool(found.images and _documents(folder, found)) and not wants_classes(data, options)


def read(data: Path, options: Options) -> Reading:
    """A row per image; boxes and points in pixels; several files are parts or are read together.

    Raises:
        DataRefused: a file is not JSON, or none names an image that is here.
    """
    folder, sentences = descend(data)
    found = find_files(folder)
    index = NameIndex(folder, (*found.images, *found.masks), stay_inside=True)
    files = _documents(folder, found)
    documents = [_read(folder, file, index) for file in files]
    annotated = {image for document in documents for image in document.images}
    if not annotated:
        shown = listed(files) or "no JSON file with images, annotations and categories"
        raise DataRefused(f"no image that the annotations name is in the folder ({shown})")
    splits = {image: document.split for document in documents for image in document.images if document.split}
    regions = [region for document in documents for region in document.regions]
    points = sum(region[1] == "point" for region in regions)
    said: tuple[str, ...] = (
        f"Annotations from {listed(files)}: {counted(len(annotated), 'image')} named in them.",
    )
    outlines = sum(document.outlines for document in documents)
    if outlines:
        said += (f"{outlines:,} of the boxes also have an outline.",)
    return annotated_reading(
        folder, found, regions, annotated=annotated,
        task="landmarks" if points > len(regions) - points else "detection", splits=splits,
        sentences=(*sentences, *said),
        classes=list(dict.fromkeys(name for document in documents for name in document.classes)),
        lonely=[name for document in documents for name in document.lonely],
        damaged=[reason for document in documents for reason in document.damaged],
        others=[file for file in found.others if file not in files],
    )  # fmt: skip


def _documents(folder: Path, found: FoundFiles) -> list[str]:
    files = [file for file in found.others if file.lower().endswith(".json")]
    return [file for file in files if mentions(as_path(folder, file), *_KEYS)]


def _read(folder: Path, file: str, index: NameIndex) -> CocoDocument:
    content: Any = read_json(as_path(folder, file))
    if not isinstance(content, dict) or not all(isinstance(content.get(key), list) for key in _KEYS):
        raise DataRefused(f"the annotation file {file} has no lists of images, annotations and categories")
    place = file.rpartition("/")[0]
    lists = [as_list(content[key]) for key in _KEYS]
    return read_document(*lists, name=file, place=place, index=index, split=_part(file.split("/")))


def _part(words: Sequence[str]) -> str:
    """Part that the file's name or its folder says ("instances_val2017.json", "train/_annotations.json")."""
    for text in reversed(words):
        stem = plain(text.rpartition(".")[0] or text)
        meant = {split_name(word.rstrip("0123456789")) for word in stem.split("_")} - {None}
        if len(meant) == 1:
            return meant.pop() or ""
    return ""


LAYOUT = Layout("COCO annotations (JSON)", recognise, read)
