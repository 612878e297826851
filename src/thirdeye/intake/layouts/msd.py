"""The Medical Segmentation Decathlon: imagesTr, labelsTr, imagesTs and dataset.json.

Source: Antonelli et al. 2022, "The Medical Segmentation Decathlon", Nature Communications 13, 4128.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import MASK_COLUMNS
from thirdeye.intake.dataset_json import (
    NAME,
    channel_names,
    mask_values,
    modality_of,
    read_dataset_json,
    untrue_statements,
    value_sentence,
)
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.tr_ts import are_tr_ts, mask_rows, sort_out
from thirdeye.intake.words import counted, listed


def recognise(data: Path, options: Options) -> bool:
    """Folders imagesTr and labelsTr; nnU-Net, whose file names count channels, is asked before."""
    return are_tr_ts(data)


def read(data: Path, options: Options) -> Reading:
    """A row per volume; the masks of labelsTr by file name, channels within the file.

    Raises:
        DataRefused: no volume is there, or dataset.json is damaged.
    """
    sorted_out = sort_out(data)
    content = read_dataset_json(sorted_out.folder)
    if not sorted_out.images:
        raise DataRefused("the folder imagesTr holds no volume that is read here")
    masks, lonely = mask_rows(sorted_out.images, sorted_out.masks, lambda stem: stem)
    images = [image for image, _ in sorted_out.images]
    channels = channel_names(content)
    codes = {modality_of(channel) for channel in channels}
    rows = core_rows({"image": images, "split": [part for _, part in sorted_out.images]})
    rows["modality"] = codes.pop() if len(codes) == 1 else ""
    values = mask_values(content)
    return Reading(
        root=sorted_out.folder,
        rows=_without_lone_part(rows),
        label_name="masks",
        task="segmentation" if masks else "unlabelled",
        split_origin="folders" if rows["split"].nunique() > 1 else "none",
        sentences=(
            f"{counted(len(images), 'volume')}, {len(masks):,} with a mask of the same name in labelsTr.",
            *_channel_sentence(channels),
            *(value_sentence(values) or (f"There is no {NAME}, so the values of the masks have no names.",)),
            *_part_sentence(rows),
        ),
        leftovers={
            "mask_without_image": lonely,
            "stated_otherwise": untrue_statements(content, _trained(rows), consecutive=False),
            "row_without_file": missing_files(content, set(images) | set(sorted_out.masks.values())),
            "not_an_image": tuple(file for file in sorted_out.others if file != NAME),
        },
        masks=pd.DataFrame(masks, columns=list(MASK_COLUMNS), dtype=object),
        mask_values=values,
    )


def _trained(rows: pd.DataFrame) -> int:
    """Cases of the training part."""
    return int(rows["case"][rows["split"] != "test"].nunique())


def _without_lone_part(rows: pd.DataFrame) -> pd.DataFrame:
    """Where everything is called training, nothing is said about parts."""
    return rows.assign(split="") if rows["split"].nunique() == 1 else rows


def _channel_sentence(channels: tuple[str, ...]) -> tuple[str, ...]:
    if not channels:
        return ()
    return (f"{counted(len(channels), 'channel')} by {NAME}: {listed(channels)}.",)


def _part_sentence(rows: pd.DataFrame) -> tuple[str, ...]:
    if rows["split"].nunique() < 2:
        return ()
    parts = ", ".join(f"{number:,} {split}" for split, number in rows["split"].value_counts().items())
    return (f"Parts by folder: {parts}.",)


def missing_files(content: dict[str, object], there: set[str]) -> tuple[str, ...]:
    """Files that the training list of dataset.json names and that are not in the folder."""
    listed_files = content.get("training", [])
    if not isinstance(listed_files, list):
        return ()
    names = [
        str(entry[key])
        for entry in listed_files
        if isinstance(entry, dict)
        for key in ("image", "label")
        if key in entry
    ]
    return tuple(dict.fromkeys(name for name in names if name.removeprefix("./") not in there))


LAYOUT = Layout("the Medical Segmentation Decathlon", recognise, read)
