"""Cases whose channels lie in files of their own (nnU-Net's ``CASE_0000``, ``CASE_0001``) as one item."""

from __future__ import annotations

import pandas as pd

from thirdeye.dataset.table import Dataset
from thirdeye.intake.joined import Channel
from thirdeye.intake.stems import stem_of

COLUMN = "channel"


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


def told_by_names(dataset: Dataset) -> tuple[Channel, ...]:
    """The channels with what the names of their files have after that of the case; as of `channels_of`."""
    rows, found = dataset.rows, []
    for name in channels_of(dataset):
        own = rows[rows[COLUMN] == name]
        endings = {_after(case, image) for case, image in zip(own["case"], own["image"], strict=True)}
        found.append(Channel(name, endings.pop() if len(endings) == 1 else ""))
    return tuple(found)


def _after(case: str, image: str) -> str:
    stem, name = stem_of(image), case.rsplit("/", 1)[-1]
    return stem.removeprefix(name) if stem.startswith(name) else ""
