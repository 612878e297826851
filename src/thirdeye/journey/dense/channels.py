"""Cases whose channels lie in files of their own (nnU-Net's ``CASE_0000``, ``CASE_0001``) as one item."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load

COLUMN = "channel"
SAME_PLACE_MM = 1e-2  # by which affines of one case may differ


def channels_of(dataset: Dataset) -> tuple[str, ...]:
    """Names of the channels in the order of their files; empty where every file is a case of its own."""
    if COLUMN not in dataset.rows:
        return ()
    rows = dataset.rows[dataset.rows[COLUMN].astype(str) != ""].sort_values("image")
    names = tuple(dict.fromkeys(rows[COLUMN]))
    return names if len(names) > 1 and rows["case"].duplicated().any() else ()


def first_channels(dataset: Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """One row a case: that of its first channel; cases that lack a channel are left out.

    Args:
        dataset: whose channels count.
        rows: of the dataset.
    """
    names = channels_of(dataset)
    if not names:
        return rows
    complete = rows.groupby("case")[COLUMN].transform("nunique") == len(names)
    return rows[complete & (rows[COLUMN] == names[0])]


def files_of_case(dataset: Dataset, image: str) -> tuple[str, ...]:
    """Files of the channels of the case that an image belongs to, in their order."""
    names = channels_of(dataset)
    if not names:
        return (image,)
    rows = dataset.rows
    own = rows[rows["case"] == rows.loc[rows["image"] == image, "case"].iloc[0]]
    by_name = dict(zip(own[COLUMN], own["image"], strict=True))
    return tuple(by_name[name] for name in names)


def load_channels(root: Path, files: Sequence[str]) -> Image | Volume:
    """One image or volume; with several files their channels one after another.

    Args:
        root: what references start from.
        files: of one case.

    Raises:
        UnreadableFile: a file is damaged or a signal, or does not lie on the grid of the first.
    """
    first, *others = (_load(root, file) for file in files)
    if not others:
        return first
    if not isinstance(first, Volume):
        raise UnreadableFile(files[0], "is one of several channels, which are joined for volumes only")
    parts = [first.voxels]
    for file, other in zip(files[1:], others, strict=True):
        if not isinstance(other, Volume) or not _same_grid(first, other):
            raise UnreadableFile(
                file,
                f"does not lie on the grid of '{files[0]}', another channel of its case; "
                "resample one to the grid of the other",
            )
        parts.append(other.voxels)
    joined = [part if part.ndim == 4 else part[..., None] for part in parts]
    return Volume(np.concatenate(joined, axis=-1), first.geometry, first.source, first.modality)


def _same_grid(one: Volume, other: Volume) -> bool:
    return one.voxels.shape[:3] == other.voxels.shape[:3] and bool(
        np.abs(_affine(one.geometry) - _affine(other.geometry)).max() < SAME_PLACE_MM
    )


def _affine(geometry: Geometry) -> np.ndarray:
    return np.asarray(geometry.affine, float)


def _load(root: Path, file: str) -> Image | Volume:
    item = load(root, file)
    if not isinstance(item, Image | Volume):
        raise UnreadableFile(file, "is a signal; masks belong to images and volumes")
    return item
