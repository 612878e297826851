"""Folders that are classes: told from folders that are patients by who lies in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from thirdeye.intake.dicom_folder.items import ImageItem, conflicting_cases
from thirdeye.intake.reading import Reading
from thirdeye.intake.reference import readable
from thirdeye.intake.splits import split_name
from thirdeye.intake.words import listed

_MOST_CLASSES = 50


def folder_labels(reading: Reading, items: Sequence[ImageItem]) -> Reading | None:
    """Labels from the first folder of each path, after one that names a part (train, val, test).

    Folders are classes when there are at least two, and each holds more than one patient; folders of one
    patient are patients, and say nothing. Without known patients, folders that hold at least two images each
    on average are classes.
    """
    paths = [_path(item) for item in items]
    split = [split_name(path[0]) or "" if path else "" for path in paths]
    if not all(split) or len(set(split)) < 2:
        split = [""] * len(items)
    labels = [(path[1:] if part else path)[:1] for path, part in zip(paths, split, strict=True)]
    if not all(labels):
        return None
    names = [readable(label[0]) for label in labels]
    if not _are_classes(names, list(reading.rows["patient"])):
        return None
    kinds = sorted(set(names))
    said = f"Each of the {len(kinds)} folders is a class: {listed(kinds, 12)}."
    rows = reading.rows.assign(label=names, split=split)
    return replace(
        reading,
        rows=rows.assign(case=rows["image"]) if conflicting_cases(rows) else rows,
        label_name="folder name",
        split_origin="folders" if any(split) else "none",
        sentences=(*reading.sentences, said),
    )


def _path(item: ImageItem) -> list[str]:
    return item.headers[0].file.split("/")[:-1]


def _are_classes(names: Sequence[str], patients: Sequence[str]) -> bool:
    folders = set(names)
    if not 2 <= len(folders) <= _MOST_CLASSES:
        return False
    if not any(patients):
        return len(names) >= 2 * len(folders)
    held = {folder: {p for n, p in zip(names, patients, strict=True) if n == folder} for folder in folders}
    return all(len(inside) > 1 for inside in held.values())
