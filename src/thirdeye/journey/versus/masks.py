"""Two segmentations of the same test cases."""

from __future__ import annotations

from typing import Any

import pandas as pd

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.evaluation.mask_versus import compare_masks
from thirdeye.journey.versus.side import Side, common_images

NETWORK = "network"


def compare_segmentations(first: Side, second: Side) -> dict[str, Any]:
    """An entry of "comparisons": mean Dice of either, and their difference, case by case.

    Raises:
        StudyMismatch: the studies mark other structures, or have no marked case in common.
    """
    structures = first.plan["classes"]
    if structures != second.plan["classes"]:
        raise StudyMismatch("the two studies mark other structures; they are of other data")
    images = set(common_images(first, second))
    rows = [side.said(NETWORK) for side in (first, second)]
    mine, theirs = ([*map(_score, one[one["case"].isin(images)].to_dict("records"))] for one in rows)
    clusters = dict(zip(rows[0]["case"], rows[0]["patient"], strict=True)) if first.patients_known else None
    found = compare_masks(
        mine, theirs, structures=structures, clusters=clusters, names=(first.name, second.name)
    )
    if found is None:
        raise StudyMismatch("the reference marks nothing in the cases that both studies are tested on")
    return found | {"unit": "image"}


def _score(row: dict[str, Any]) -> MaskScore:
    """What the comparison needs of a row; a table without the column "marked" has every structure in it."""
    dice = None if pd.isna(row["dice"]) else float(row["dice"])
    marked = dice is not None and row.get("marked", "yes") == "yes"
    return MaskScore(
        case=row["case"], structure=row["structure"], there=marked, found=True, reference_size=0.0,
        predicted_size=0.0, dice=dice, iou=None, nsd=None, hd95_max_of_directed=None, assd_pooled=None,
        unit=row["unit"],
    )  # fmt: skip
