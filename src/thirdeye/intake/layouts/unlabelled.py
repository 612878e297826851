"""Images without labels: enough to examine them, not to learn from them."""

from __future__ import annotations

from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.files import find_files
from thirdeye.intake.layouts.class_folders import folder_leftovers
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.words import counted, shown_name


def recognise(data: Path, options: Options) -> bool:
    """A folder with at least one image, where labels are not needed."""
    return options.labels_optional and data.is_dir() and bool(find_files(data).images)


def read(data: Path, options: Options) -> Reading:
    """One row per image."""
    found = find_files(data)
    if not found.images:
        raise DataRefused(f"the folder '{shown_name(data.name)}' holds no image that is read here")
    return Reading(
        root=data,
        rows=core_rows({"image": list(found.images)}),
        label_name="none",
        task="unlabelled",
        sentences=(
            f"{counted(len(found.images), 'image')} without labels: examined, not to be learnt from.",
        ),
        leftovers={**folder_leftovers(found), "outside_class": ()},
    )


LAYOUT = Layout("images without labels", recognise, read)
