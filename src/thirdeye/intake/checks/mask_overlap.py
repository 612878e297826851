"""Masks of different structures that claim the same pixels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pandas as pd

from thirdeye.intake.annotation_view import cases, readable_masks
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.mask_overlap import shared_pixels
from thirdeye.intake.words import counted, shown_name
from thirdeye.intake.workers import Lost, Task, each

_MUCH = 0.01  # of what is marked: less is the width of a border
_EDGES = ["top", "bottom", "left", "right"]


@register_check("mask.overlap", title="Structures that claim the same pixels", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """A pixel bears one structure here; of two, the later has it. Warning from 1 % of what is marked."""
    masks = readable_masks(exhibits)
    shared = pd.concat([_of_files(exhibits, masks), _of_channels(masks)])
    if shared.empty:
        raise NotApplicable("no image has masks of several structures")
    shared = shared[shared["pixels"] > 0].sort_values("share", ascending=False)
    if shared.empty:
        return
    first = shared.iloc[0]
    worst = share(int(first["pixels"]), int(first["marked"]))
    yield Finding(
        check="mask.overlap",
        severity="warning" if first["share"] >= _MUCH else "info",
        message=f"In {counted(len(shared), 'image')} masks of different structures claim the same pixels, "
        f"most in '{shown_name(first['image'])}' ({worst} marked pixels).",
        cases=cases(shared["image"]),
        evidence={
            "about": {
                str(row.image): f"{row.pixels:,} of {row.marked:,} marked pixels"
                for row in shared.itertuples()
            }
        },
        remedy="Here such a pixel belongs to the structure that comes last. If one structure lies within the "
        "other by nature (a tumour in an organ), that is what is meant; else draw the border again",
        source="A label map holds one structure a pixel",
    )


def _of_files(exhibits: Exhibits, masks: pd.DataFrame) -> pd.DataFrame:
    """Images of which one annotator drew several structures, each in a file of its own."""
    rows = []
    groups = [
        (str(image), group)
        for (image, _), group in masks[masks["coverage"] > 0].groupby(["image", "annotator"], sort=False)
        if group["name"].nunique() > 1
    ]
    near = [(image, group) for image, group in groups if _touch(group)]
    rows = [(image, 0, 1, 0.0) for image, _ in groups]
    root = exhibits.collection.root
    tasks = (Task((root, tuple(group["mask"])), 60.0 * len(group)) for _, group in near)
    with closing(each(shared_pixels, tasks)) as answers:
        for (image, _), answer in zip(near, answers, strict=True):
            if not isinstance(answer, Lost):
                pixels, marked = answer
                rows.append((image, pixels, marked, pixels / max(1, marked)))
    return pd.DataFrame(rows, columns=["image", "pixels", "marked", "share"])


def _touch(group: pd.DataFrame) -> bool:
    """Whether the boxes around two of the masks meet; where none do, no pixel is shared."""
    boxes = group[_EDGES].to_numpy(float)
    return any(
        one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
    )


def _of_channels(masks: pd.DataFrame) -> pd.DataFrame:
    """Masks with a channel for each structure."""
    several = masks[masks["overlapping"] >= 0]
    marked = (several["coverage"] * several[["height", "width", "depth"]].prod(axis=1)).round().astype(int)
    return pd.DataFrame(
        {
            "image": several["image"],
            "pixels": several["overlapping"],
            "marked": marked,
            "share": several["overlapping"] / marked.clip(lower=1),
        }
    )
