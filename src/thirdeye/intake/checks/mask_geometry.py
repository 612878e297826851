"""Masks that do not lie on the grid of their volume, and channels of a case that do not lie on one grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from thirdeye.case.affine import farthest_mm, mirrored
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.facts import affine_of
from thirdeye.intake.finding import Finding, Fix
from thirdeye.intake.volume_exhibits import mask_on_volume
from thirdeye.intake.volume_rows import volumes_among
from thirdeye.intake.words import shown_name

_SIZES = ["width", "height", "depth"]
_APART = 0.5  # of the smallest spacing: more, and a voxel of the mask belongs to another of the image
_NOTICED = 0.01
_CAPTION = "The mask (red) on its volume, each turned by its own header"
_SOURCE = "A mask is true for the voxels it was drawn on (nnU-Net's verify_dataset_integrity asks the same)"


@dataclass(frozen=True)
class _Pair:
    """What two files that should share a grid have between them.

    Args:
        one, other: references.
        words: for a person; "" where all is well.
        severity: 0 fine, 1 apart by less than half a voxel, 2 on another grid.
        has_other_size: their numbers of voxels differ.
    """

    one: str
    other: str
    words: str
    severity: int
    has_other_size: bool = False


@register_check("mask.geometry", title="Masks on the grid of their volumes", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Another place by half a voxel or more, or mirrored: error. Less than that: warning."""
    volumes = volumes_among(exhibits.facts)
    pairs = [*_with_masks(exhibits, volumes), *_within_cases(exhibits, volumes)]
    if not pairs:
        raise NotApplicable("no volume has a mask, and no case has several volumes")
    for severity in (2, 1):
        accused = [pair for pair in pairs if pair.severity == severity]
        if accused:
            yield _finding(accused, len(pairs), severity, exhibits)


def _with_masks(exhibits: Exhibits, volumes: pd.DataFrame) -> Iterator[_Pair]:
    facts = exhibits.mask_facts
    if facts.empty:
        return
    sound = facts[(facts["error"] == "") & (facts["kind"] == "volume")]
    masks = exhibits.collection.masks
    known = masks[masks["image"].isin(volumes.index) & masks["mask"].isin(sound.index)]
    for image, mask in zip(known["image"], known["mask"], strict=True):
        pair = _compare(str(image), volumes.loc[image], str(mask), sound.loc[mask])
        if not pair.has_other_size:  # the check mask.size tells
            yield pair


def _within_cases(exhibits: Exhibits, volumes: pd.DataFrame) -> Iterator[_Pair]:
    """Channels in files of their own, where the layout says that they are channels."""
    rows = exhibits.rows
    if "channel" not in rows.columns:
        return
    for _, group in rows[rows.index.isin(volumes.index)].groupby("case", sort=False):
        first, *others = group.index
        for other in others:
            yield _compare(str(first), volumes.loc[first], str(other), volumes.loc[other])


def _compare(one: str, first: pd.Series, other: str, second: pd.Series) -> _Pair:
    sizes, theirs = (tuple(int(row[name]) for name in _SIZES) for row in (first, second))
    if sizes != theirs:
        return _Pair(one, other, f"{_times(theirs)} voxels instead of {_times(sizes)}", 2, True)
    if first["affine"] == second["affine"]:
        return _Pair(one, other, "", 0)
    affine, another = affine_of(first["affine"]), affine_of(second["affine"])
    far = farthest_mm(affine, another, sizes)
    smallest = float(np.linalg.norm(affine[:3, :3], axis=0).min())
    if mirrored(affine, another):
        words = f"mirrored, left for right ({second['orientation']} instead of {first['orientation']})"
        return _Pair(one, other, words, 2)
    severity = 2 if far > _APART * smallest else int(far > _NOTICED * smallest)
    return _Pair(one, other, f"up to {far:.3g} mm away" if severity else "", severity)


def _times(sizes: tuple[int, ...]) -> str:
    return " x ".join(str(size) for size in sizes)


def _finding(accused: list[_Pair], of: int, severity: int, exhibits: Exhibits) -> Finding:
    first = accused[0]
    images = tuple(dict.fromkeys(pair.one for pair in accused))
    what = (
        "do not lie on the grid of their volume"
        if severity == 2
        else "are placed a little beside their volume"
    )
    return Finding(
        check="mask.geometry",
        severity="error" if severity == 2 else "warning",
        message=f"{share(len(accused), of)} masks or channels {what}: '{shown_name(first.other)}' "
        f"{'has' if first.has_other_size else 'is'} {first.words} against '{shown_name(first.one)}'.",
        cases=images,
        groups=tuple((pair.one, pair.other) for pair in accused),
        evidence={"about": {pair.other: pair.words for pair in accused}},
        fixes=tuple(Fix(image, "leave_out", "its mask lies elsewhere") for image in images)
        if severity == 2
        else (),
        remedy="Draw or export the mask again on the volume itself; a mask of another grid must be resampled "
        "with nearest neighbours"
        if severity == 2
        else "The numbers of one header were probably rounded; copy the volume's header over the mask's",
        source=_SOURCE,
        exhibits=mask_on_volume(exhibits, first.one, first.other, _CAPTION),
    )
