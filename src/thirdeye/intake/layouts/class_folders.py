"""A folder per class."""

from __future__ import annotations

from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.files import FoundFiles, find_files, subfolders
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.reference import readable
from thirdeye.intake.splits import are_split_names
from thirdeye.intake.words import counted, listed


def recognise(data: Path, options: Options) -> bool:
    """At least one folder below DATA holds images."""
    if not data.is_dir():
        return False
    folder, _ = descend(data)
    return any(find_files(sub).images for sub in subfolders(folder))


def read(data: Path, options: Options) -> Reading:
    """Rows from the folders directly below DATA, each with everything beneath it."""
    folder, sentences = descend(data)
    found = find_files(folder)
    labelled = [image for image in found.images if "/" in image]
    labels = [readable(image.split("/", 1)[0]) for image in labelled]
    names = list(dict.fromkeys(labels))
    _refuse_parts(names)
    told = f"Each of the {len(names)} folders" if len(names) > 1 else "The only folder"
    sentences += (f"{told} is a class: {listed(names, 12)} ({counted(len(labelled), 'image')}).",)
    return Reading(
        root=folder,
        rows=core_rows({"image": labelled, "label": labels}),
        label_name="folder name",
        sentences=sentences,
        leftovers=folder_leftovers(found),
    )


def _refuse_parts(names: list[str]) -> None:
    """Folders called train and test are parts, not classes."""
    if len(names) > 1 and are_split_names(names):
        raise DataRefused(
            f"the folders {listed(names)} are parts of a dataset, but hold no folder per class; expected "
            f"{names[0]}/CLASS/image, or a table naming files and labels"
        )


def folder_leftovers(found: FoundFiles) -> dict[str, tuple[str, ...]]:
    """What a folder layout leaves aside."""
    return {
        "not_an_image": found.others,
        "mask": found.masks,
        "outside_class": tuple(image for image in found.images if "/" not in image),
    }


LAYOUT = Layout("a folder per class", recognise, read)
