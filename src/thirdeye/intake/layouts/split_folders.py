"""Folders train, val and test, each with a folder per class."""

from __future__ import annotations

from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.files import find_files, subfolders
from thirdeye.intake.layouts.class_folders import folder_leftovers
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.reference import readable
from thirdeye.intake.splits import split_name
from thirdeye.intake.words import counted, listed


def recognise(data: Path, options: Options) -> bool:
    """A training folder and at least one other part, by their names."""
    if not data.is_dir():
        return False
    parts = _parts(descend(data)[0])
    return "train" in parts.values() and len(parts) > 1


def read(data: Path, options: Options) -> Reading:
    """Rows from ``PART/CLASS/...``; images directly in a part have no label and are left aside.

    Raises:
        DataRefused: two folders mean the same part, or the training folder has no class folders.
    """
    folder, sentences = descend(data)
    parts = _parts(folder)
    _refuse_twins(parts)
    found = find_files(folder)
    rows = [image for image in found.images if image.count("/") >= 2 and image.split("/")[0] in parts]
    columns = {
        "image": rows,
        "label": [readable(image.split("/")[1]) for image in rows],
        "split": [parts[image.split("/")[0]] for image in rows],
    }
    if "train" not in columns["split"]:
        raise DataRefused("the training folder has no class folders with images: expected train/CLASS/image")
    kept = set(rows)
    leftovers = folder_leftovers(found)
    leftovers["outside_class"] = tuple(image for image in found.images if image not in kept)
    counts = ", ".join(
        f"{name} ({columns['split'].count(part):,} images, {part})"
        if part in columns["split"]
        else f"{name} (left aside: no class folders in it)"
        for name, part in parts.items()
    )
    names = sorted(set(columns["label"]))
    sentences += (
        f"Official parts by folder: {counts}.",
        f"The folders below are the {len(names)} classes: {listed(names, 12)} "
        f"({counted(len(rows), 'image')}).",
    )
    return Reading(
        root=folder,
        rows=core_rows(columns),
        label_name="folder name",
        split_origin="folders",
        sentences=sentences,
        leftovers=leftovers,
    )


def _parts(folder: Path) -> dict[str, str]:
    """Folder name to split, of the folders whose names mean one."""
    named = {path.name: split_name(path.name) for path in subfolders(folder)}
    return {name: split for name, split in named.items() if split}


def _refuse_twins(parts: dict[str, str]) -> None:
    for split in set(parts.values()):
        twins = [name for name, meant in parts.items() if meant == split]
        if len(twins) > 1:
            raise DataRefused(f"the folders {listed(twins)} all mean the part '{split}'; keep one")


LAYOUT = Layout("train, val and test folders with a folder per class", recognise, read)
