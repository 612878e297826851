"""Boxes and points as a frame, and how they are told."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from thirdeye.intake.collection import REGION_COLUMNS
from thirdeye.intake.words import counted, listed

EDGES = REGION_COLUMNS[4:]
Region = tuple[str, str, str, str, float, float, float, float]
"""image, kind, name, annotator, x_min, y_min, x_max, y_max"""


def region_frame(regions: Sequence[Region] | pd.DataFrame) -> pd.DataFrame:
    """The frame of `Collection.regions`; coordinates are float64, NaN where the data hold no number."""
    if isinstance(regions, pd.DataFrame):
        frame = regions[list(REGION_COLUMNS)].copy()
    else:
        frame = pd.DataFrame(list(regions), columns=list(REGION_COLUMNS))
    frame[list(EDGES)] = frame[list(EDGES)].astype("float64")
    return frame.astype(dict.fromkeys(REGION_COLUMNS[:4], object))


def without_place(name: str) -> str:
    """A name from an annotation file, for a message: of a path of somebody's computer only the last part."""
    plain = name.replace("\\", "/")
    is_elsewhere = plain.startswith("/") or ".." in plain.split("/") or plain[1:3] == ":/"
    return (plain.rsplit("/", 1)[-1] if is_elsewhere else name)[:200]


def told(regions: pd.DataFrame, images: int) -> str:
    """ "4,888 boxes in 364 of 364 images: RBC (4,155), WBC (372), Platelets (361)." """
    kind = "point" if set(regions["kind"]) == {"point"} else "box"
    counts = regions["name"].value_counts()
    shown = regions["image"].nunique()
    if kind == "point" and len(counts) > 1 and set(counts) == {shown}:
        where = (
            f"each of {counted(images, 'image')}" if shown == images else f"{shown:,} of {images:,} images"
        )
        return f"{counted(len(counts), 'landmark')} in {where}."
    names = listed([f"{name or '(no name)'} ({number:,})" for name, number in counts.items()], 8)
    return (
        f"{counted(len(regions), kind, 'boxes' if kind == 'box' else None)} in "
        f"{shown:,} of {counted(images, 'image')}: {names}."
    )
