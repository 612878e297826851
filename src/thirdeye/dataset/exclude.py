"""Which images take no part, and why; an official test part is never touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from thirdeye.intake.checks.check import duplicate_groups
from thirdeye.intake.checks.constant import is_constant
from thirdeye.intake.checks.label_conflict import conflicting_groups
from thirdeye.intake.collection import SPLITS, Collection
from thirdeye.intake.related.kinship import Kinship

_AUTHORITY = {split: rank for rank, split in enumerate(SPLITS)}  # the later part keeps the image

_KIN = {
    "study": "an image of the same study is in the {part} part",
    "volume": "a slice of the same volume is in the {part} part",
    "augmented": "a copy or the original is in the {part} part",
}


def exclusions(
    collection: Collection,
    facts: pd.DataFrame,
    copies: Iterable[Sequence[str]] = (),
    kin: Iterable[Kinship] = (),
) -> dict[str, str]:
    """Image to the reason why it is left out.

    Only unreadable images are taken from an official test part; everything else there stays as published.

    Args:
        collection: what was opened.
        facts: of every image, indexed by its reference.
        copies: groups of images that show nearly the same picture.
        kin: images of one study or volume, and augmented copies.
    """
    rows = collection.rows.drop_duplicates("image").set_index("image")
    split = rows["split"]
    reasons = {str(image): f"unreadable: {error}" for image, error in facts["error"].items() if error}
    blank = facts.index[is_constant(facts)]
    _add(reasons, [i for i in blank if split[i] != "test"], "shows nothing: every pixel is equal")
    if (split != "").any():
        _add(reasons, list(split.index[split == ""]), "the data name no part for it")
    for group in conflicting_groups(collection, facts):
        _add(reasons, [i for i in group if split[i] != "test"], "the same picture has another label")
    for group in duplicate_groups(facts):
        _leave_highest(reasons, group, split, "the same picture is in the {part} part")
    for near in copies:
        _leave_highest(reasons, tuple(near), split, "nearly the same picture is in the {part} part")
    for kinship in kin:
        for group in kinship.groups:
            _leave_highest(reasons, group, split, _KIN[kinship.kind])
    named = rows[rows["patient"] != ""]
    for _, images in named.groupby("patient", sort=False).groups.items():
        _leave_highest(reasons, tuple(images), split, "the same patient is in the {part} part")
    return reasons


def with_excluded(rows: pd.DataFrame, excluded: pd.DataFrame) -> pd.DataFrame:
    """The rows of a dataset and, after them, those that may not be used, in the part "excluded".

    Args:
        rows: with every column of a dataset.
        excluded: of the collection (see `Collection`).
    """
    if excluded.empty:
        return rows
    fresh = excluded.drop_duplicates("image")
    fresh = fresh[~fresh["image"].isin(rows["image"])]
    patient = fresh["patient"].where(fresh["patient"] != "", fresh["image"])
    placed = fresh.assign(patient=patient, kept_together=patient, split="excluded", fold=-1)
    missing = {name: "" for name in rows.columns if name not in placed.columns}
    return pd.concat([rows, placed.assign(**missing)[list(rows.columns)]], ignore_index=True)


def _add(reasons: dict[str, str], images: list[str], reason: str) -> None:
    for image in images:
        reasons.setdefault(image, reason)


def _leave_highest(reasons: dict[str, str], images: tuple[str, ...], split: pd.Series, reason: str) -> None:
    """Of images in several parts only those in the part nearest to the test stay."""
    inside = [image for image in images if image not in reasons and split[image] in _AUTHORITY]
    parts = {split[image] for image in inside}
    if len(parts) < 2:
        return
    keeper = max(parts, key=lambda part: _AUTHORITY[part])
    _add(reasons, [image for image in inside if split[image] != keeper], reason.format(part=keeper))
