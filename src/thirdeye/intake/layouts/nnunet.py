"""nnU-Net's raw data: CASE_0000.nii.gz, CASE_0001.nii.gz... in imagesTr, CASE.nii.gz in labelsTr.

Source: nnU-Net, documentation/dataset_format.md (version 2; the same files with the dataset.json of version 1
are read as well).
"""

from __future__ import annotations

import re
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
from thirdeye.intake.files import find_files
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading, core_rows
from thirdeye.intake.stems import stem_of
from thirdeye.intake.tr_ts import TrTs, are_tr_ts, mask_rows, sort_out
from thirdeye.intake.words import counted, listed

_CHANNEL = re.compile(r"(?P<case>.+)_(?P<channel>[0-9]{4})")


def recognise(data: Path, options: Options) -> bool:
    """imagesTr and labelsTr with a dataset.json that names channels, or file names that count them."""
    if not are_tr_ts(data):
        return False
    folder, _ = descend(data)
    if "channel_names" in read_dataset_json(folder):
        return True
    images = [file for file in find_files(folder).images if file.lower().startswith("imagestr/")]
    return bool(images) and all(_CHANNEL.fullmatch(stem_of(file)) for file in images)


def read(data: Path, options: Options) -> Reading:
    """A row per channel of a case; every channel has the mask of its case.

    Raises:
        DataRefused: no image ends in a channel's number, or dataset.json is damaged.
    """
    sorted_out = sort_out(data)
    content = read_dataset_json(sorted_out.folder)
    images = [pair for pair in sorted_out.images if _CHANNEL.fullmatch(stem_of(pair[0]))]
    if not images:
        raise DataRefused(
            "no file in imagesTr is named CASE_0000 and so on; nnU-Net needs the number of the channel at "
            "the end of each name. For files without it say --layout msd"
        )
    masks, lonely = mask_rows(images, sorted_out.masks, _case_of)
    channels, values = channel_names(content), mask_values(content)
    rows = _rows(images, channels)
    cases = rows["case"].nunique()
    return Reading(
        root=sorted_out.folder,
        rows=rows,
        label_name="masks",
        task="segmentation" if masks else "unlabelled",
        split_origin="folders" if rows["split"].any() else "none",
        sentences=(
            f"{counted(cases, 'case')} in {counted(len(images), 'image')}; "
            f"{len({row['mask'] for row in masks}):,} have a mask.",
            *_channel_sentence(channels),
            *(value_sentence(values) or (f"{NAME} names no values of the masks.",)),
        ),
        leftovers={
            "mask_without_image": lonely,
            "stated_otherwise": untrue_statements(content, _trained(rows), consecutive=True),
            "channel_missing": _incomplete(rows, channels),
            "not_an_image": _left_aside(sorted_out, images),
        },
        masks=pd.DataFrame(masks, columns=list(MASK_COLUMNS), dtype=object),
        mask_values=values,
    )


def _rows(images: list[tuple[str, str]], channels: tuple[str, ...]) -> pd.DataFrame:
    """One row an image, with the columns ``channel`` and ``modality``."""
    parts = [part for _, part in images]
    rows = core_rows(
        {
            "image": [image for image, _ in images],
            "case": [f"{image.split('/', 1)[0]}/{_case_of(stem_of(image))}" for image, _ in images],
            "split": parts if len(set(parts)) > 1 else [""] * len(parts),
        }
    )
    numbers = [int(stem_of(image).rsplit("_", 1)[1]) for image, _ in images]
    rows["channel"] = [channels[n] if n < len(channels) else f"channel {n}" for n in numbers]
    rows["modality"] = [modality_of(name) for name in rows["channel"]]
    return rows


def _trained(rows: pd.DataFrame) -> int:
    return int(rows["case"][rows["split"] != "test"].nunique())


def _case_of(stem: str) -> str:
    found = _CHANNEL.fullmatch(stem)
    return found["case"] if found else stem


def _channel_sentence(channels: tuple[str, ...]) -> tuple[str, ...]:
    if not channels:
        return ()
    return (f"{counted(len(channels), 'channel')} a case, each in a file of its own: {listed(channels)}.",)


def _incomplete(rows: pd.DataFrame, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Cases that lack a channel which others have."""
    wanted = set(channels) or set(rows["channel"])
    held = rows.groupby("case", sort=False)["channel"].agg(set)
    return tuple(str(case) for case, names in held.items() if not wanted <= names)


def _left_aside(sorted_out: TrTs, images: list[tuple[str, str]]) -> tuple[str, ...]:
    kept = {image for image, _ in images}
    unnamed = tuple(image for image, _ in sorted_out.images if image not in kept)
    return (*unnamed, *(file for file in sorted_out.others if file != NAME))


LAYOUT = Layout("nnU-Net's raw data", recognise, read)
