"""From boxes and points to what a layout returns: the same for every format of annotations."""

from __future__ import annotations

from collections.abc import Collection as Held
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from thirdeye.intake.collection import Task
from thirdeye.intake.files import FoundFiles
from thirdeye.intake.mask_names import understand
from thirdeye.intake.reading import Reading, SplitOrigin, core_rows
from thirdeye.intake.regions import Region, region_frame, told


def annotated_reading(
    folder: Path,
    found: FoundFiles,
    regions: Sequence[Region] | pd.DataFrame,
    *,
    annotated: Held[str],
    task: Task,
    splits: Mapping[str, str] | None = None,
    split_origin: SplitOrigin = "folders",
    sentences: Sequence[str] = (),
    classes: Sequence[str] = (),
    lonely: Sequence[str] = (),
    damaged: Sequence[str] = (),
    others: Sequence[str] = (),
    columns: Mapping[str, Mapping[str, str]] | None = None,
    masks: pd.DataFrame | None = None,
) -> Reading:
    """One row per image of the folder; whether it has an annotation at all is its column ``annotated``.

    Args:
        folder: what images are relative to.
        found: files below it.
        regions: boxes and points, also as a frame.
        annotated: images that an annotation file speaks of, if only to say that nothing is there.
        task: "detection", "landmarks" or "segmentation".
        splits: image to part; of an image not named the folder decides.
        split_origin: where they come from.
        sentences: what was understood so far.
        classes: names that the data state, in their order.
        lonely: annotations without their image.
        damaged: annotations that cannot be used, each with its reason.
        others: files that have no part in this.
        columns: further columns: name to image to value.
        masks: as in `Collection`.
    """
    frame = regions if isinstance(regions, pd.DataFrame) else region_frame(regions)
    images = found.images
    by_folder = {image: understand(image).split for image in images}
    stated = splits or {}
    parts = [stated.get(image, "" if stated else by_folder[image]) for image in images]
    rows = core_rows({"image": list(images), "split": parts})
    rows["annotated"] = ["yes" if image in annotated else "no" for image in images]
    for name, values in (columns or {}).items():
        rows[name] = [values.get(image, "") for image in images]
    said = list(sentences)
    if len(frame):
        said.append(told(frame, len(images)))
    counts = pd.Series([part for part in parts if part], dtype=object).value_counts()
    if len(counts):
        said.append("Parts: " + ", ".join(f"{number:,} {part}" for part, number in counts.items()) + ".")
    more = {} if masks is None else {"masks": masks}
    return Reading(
        root=folder,
        rows=rows,
        label_name=task,
        class_order=tuple(classes),
        task=task,
        split_origin=split_origin if len(counts) else "none",
        sentences=tuple(said),
        leftovers={
            "annotation_without_image": tuple(lonely),
            "annotation_damaged": tuple(damaged),
            "not_an_image": tuple(others),
        },
        regions=frame,
        **more,
    )
