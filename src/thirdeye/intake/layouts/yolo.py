"""YOLO: one text file per image, a line per box, in fractions of the image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.annotated import annotated_reading
from thirdeye.intake.files import FoundFiles, find_files
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.table_choice import wants_classes
from thirdeye.intake.options import Options
from thirdeye.intake.picture_size import picture_sizes
from thirdeye.intake.reading import Reading
from thirdeye.intake.reference import as_path
from thirdeye.intake.regions import Region
from thirdeye.intake.words import listed
from thirdeye.intake.yolo_names import class_names

_LOOKED_AT = 20
_MOST_BYTES = 64 * 1024**2
_SIDE_FILES = ("classes.txt", "obj.names", "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt")


def recognise(data: Path, options: Options) -> bool:
    """Text files called like images, with lines of a class number and four fractions or more."""
    if not data.is_dir():
        return False
    folder, _ = descend(data)
    found = find_files(folder)
    pairs, _ = _pairs(found)
    looked_at = [lines for file in list(pairs)[:_LOOKED_AT] if (lines := _lines(folder, file))]
    boxes = [_is_box(line) for lines in looked_at for line in lines[:5]]
    return sum(boxes) > 0.5 * len(boxes) and not wants_classes(data, options)


def read(data: Path, options: Options) -> Reading:
    """A row per image; boxes in pixels, from the size in the header of each image.

    A class number that has no name keeps its number ("class 7"), so that a check can speak of it.

    Raises:
        DataRefused: no text file belongs to an image.
    """
    folder, sentences = descend(data)
    found = find_files(folder)
    pairs, lonely = _pairs(found)
    if not pairs:
        raise DataRefused("no text file of YOLO boxes is called like an image here; put them side by side")
    names, named_by = class_names(folder, found.others)
    sizes = picture_sizes(folder, pairs.values())
    regions: list[Region] = []
    damaged = []
    for file, image in pairs.items():
        lines = _lines(folder, file)
        if lines is None or image not in sizes:
            damaged.append(f"{file}: {'cannot be read' if lines is None else 'its image cannot be read'}")
            continue
        for number, line in enumerate(lines, 1):
            region = _region(image, line, names, sizes[image])
            if region is None:
                damaged.append(f"{file}: line {number} is not a class number and a box")
            else:
                regions.append(region)
    said = (f"Names of the classes from {named_by}: {listed(list(names.values()), 12)}.",) if names else ()
    return annotated_reading(
        folder, found, regions, annotated=set(pairs.values()), task="detection",
        sentences=(*sentences, *said), classes=tuple(names.values()), lonely=lonely, damaged=damaged,
        others=[file for file in found.others if not file.lower().endswith((".txt", ".yaml", ".names"))],
    )  # fmt: skip


def _pairs(found: FoundFiles) -> tuple[dict[str, str], list[str]]:
    """Text file to its image: beside it, or with "labels" in the place of "images" in the path."""
    stems = {image.rpartition(".")[0]: image for image in found.images}
    pairs, lonely = {}, []
    for file in found.others:
        stem, _, suffix = file.rpartition(".")
        if suffix.lower() != "txt" or file.rsplit("/", 1)[-1].lower() in _SIDE_FILES:
            continue
        parts = stem.split("/")
        moved = ["/".join("images" if p == "labels" else p for p in parts)]
        moved.append("/".join(p for p in parts if p != "labels"))
        image = next((stems[place] for place in (stem, *moved) if place in stems), None)
        if image:
            pairs[file] = image
        elif "labels" in parts:
            lonely.append(file)
    return pairs, lonely


def _lines(folder: Path, file: str) -> list[str] | None:
    """Lines that are not blank; None where the file cannot be read."""
    path = as_path(folder, file)
    try:
        if path.stat().st_size > _MOST_BYTES:
            return None
        text = path.read_text("utf-8", "replace")
    except OSError:
        return None
    return [line for line in text.splitlines() if line.strip()]


def _is_box(line: str) -> bool:
    words = line.split()
    return len(words) >= 5 and words[0].isdigit() and _numbers(words[1:5]) is not None


def _numbers(words: Sequence[str]) -> list[float] | None:
    try:
        return [float(word[:40]) for word in words]
    except ValueError:
        return None


def _region(image: str, line: str, names: dict[str, str], size: tuple[int, int]) -> Region | None:
    """Centre and size, or an outline of at least three points, as the box around it in pixels."""
    words = line.split()
    values = _numbers(words[1:])
    if values is None or len(values) < 4 or not words[0].isdigit() or len(words[0]) > 9:
        return None
    width, height = size
    if len(values) >= 6 and len(values) % 2 == 0:
        xs, ys = values[0::2], values[1::2]
        edges = (min(xs), min(ys), max(xs), max(ys))
    else:
        x, y, w, h = values[:4]
        edges = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
    name = names.get(str(int(words[0])), f"class {int(words[0])}")
    x_min, y_min, x_max, y_max = edges
    return image, "box", name, "", x_min * width, y_min * height, x_max * width, y_max * height


LAYOUT = Layout("YOLO boxes (one text file per image)", recognise, read)
