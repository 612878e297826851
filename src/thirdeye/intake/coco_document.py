"""One COCO file as regions: its three lists joined, and what is wrong with them said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.intake.annotation_json import as_number
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.regions import Region, without_place
from thirdeye.intake.run_lengths import box_of_run_lengths

_MOST_POINTS = 10_000


@dataclass(frozen=True)
class CocoDocument:
    """What one file says.

    Args:
        images: references of the images that are there, in the order of the file.
        regions: boxes and points.
        classes: names of the categories in their order; of points the names of the points.
        split: part that the file is of, or "".
        lonely: images that the file names and that are not there.
        damaged: annotations that cannot be used, each with the reason.
        outlines: boxes that have an outline or run lengths beside them.
    """

    images: tuple[str, ...]
    regions: tuple[Region, ...]
    classes: tuple[str, ...]
    split: str
    lonely: tuple[str, ...]
    damaged: tuple[str, ...]
    outlines: int


def read_document(
    images: Sequence[Mapping[str, Any]],
    annotations: Sequence[Mapping[str, Any]],
    categories: Sequence[Mapping[str, Any]],
    *,
    name: str,
    place: str,
    index: NameIndex,
    split: str,
) -> CocoDocument:
    """Join the lists.

    Args:
        images, annotations, categories: the objects of the file.
        name: of the file, for reasons.
        place: its folder, relative to the data; images are looked for there first.
        index: images that are there.
        split: part that the file is of.
    """
    damaged: list[str] = []
    by_id, lonely = _images(images, index, place, name, damaged)
    classes = {_key(one.get("id")): str(one.get("name", "")).strip() for one in categories}
    points = {_key(one.get("id")): _names(one.get("keypoints")) for one in categories}
    regions: list[Region] = []
    outlines = 0
    seen: set[object] = set()
    for number, annotation in enumerate(annotations):
        told = annotation.get("id", number)
        identity = _key(told)
        if identity in seen:
            damaged.append(f"{name}: two annotations have the id {str(told)[:40]}")
            continue
        seen.add(identity)
        image = by_id.get(_key(annotation.get("image_id")))
        if image is None:
            damaged.append(f"{name}: annotation {str(told)[:40]} names no image of the file")
            continue
        if not image:
            continue  # its image is not here, which is said once per image
        category = _key(annotation.get("category_id"))
        label = classes.get(category) or f"class {str(annotation.get('category_id'))[:40]}"
        box = _box(annotation)
        if box is not None:
            regions.append((image, "box", label, "", *box))
            outlines += bool(annotation.get("segmentation"))
        found = _points(annotation.get("keypoints"), points.get(category, []))
        regions += [(image, "point", point, "", x, y, x, y) for point, x, y in found]
        if box is None and not found:
            damaged.append(f"{name}: annotation {str(told)[:40]} has neither a box nor an outline nor points")
    point_names = [point for held in points.values() for point in held]
    return CocoDocument(
        images=tuple(image for image in by_id.values() if image),
        regions=tuple(regions),
        classes=tuple(dict.fromkeys(n for n in (*classes.values(), *point_names) if n)),
        split=split,
        lonely=tuple(lonely),
        damaged=tuple(damaged),
        outlines=outlines,
    )


def _images(
    images: Sequence[Mapping[str, Any]], index: NameIndex, place: str, name: str, damaged: list[str]
) -> tuple[dict[object, str], list[str]]:
    """Id to reference ("" where the file is not there), and the names of those that are not there."""
    by_id: dict[object, str] = {}
    lonely = []
    files = [str(one.get("file_name", "")) for one in images]
    beside = index.match([f"{place}/{file}" if place and file else file for file in files]).references
    anywhere = index.match(files).references
    for one, file, near, far in zip(images, files, beside, anywhere, strict=True):
        key = _key(one.get("id"))
        if key in by_id:
            damaged.append(f"{name}: two images have the id {str(one.get('id'))[:40]}; the first was taken")
            continue
        by_id[key] = near or far
        if not by_id[key]:
            lonely.append(
                without_place(file) or f"image {str(one.get('id'))[:40]} of {name}, which names no file"
            )
    return by_id, lonely


def _key(value: Any) -> object:
    """Ids are compared as they are written: 1 and "1" are the same."""
    return str(value)[:100]


def _names(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []


def _box(annotation: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
    """Edges from ``bbox`` (x, y, width, height), else around the outline or the run lengths."""
    bbox = annotation.get("bbox")
    if isinstance(bbox, list) and len(bbox) == 4:
        x, y, width, height = map(as_number, bbox)
        return x, y, x + width, y + height
    outline = annotation.get("segmentation")
    if isinstance(outline, dict):
        return box_of_run_lengths(outline)
    if not isinstance(outline, list):
        return None
    parts = outline if outline and isinstance(outline[0], list) else [outline]
    numbers = [as_number(value) for part in parts if isinstance(part, list) for value in part]
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    xs, ys = numbers[0::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _points(value: Any, names: Sequence[str]) -> list[tuple[str, float, float]]:
    """Points that are labelled (visibility 1 or 2), by name or number."""
    if not isinstance(value, list) or len(value) > 3 * _MOST_POINTS:
        return []
    numbers = [as_number(one) for one in value]
    found = []
    for position in range(len(numbers) // 3):
        x, y, visible = numbers[3 * position : 3 * position + 3]
        if visible and not math.isnan(visible):
            found.append((names[position] if position < len(names) else f"point {position}", x, y))
    return found
