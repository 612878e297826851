"""One patient on two sides of a split."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import register_check
from thirdeye.intake.collection import SPLITS, Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import keep_one_side
from thirdeye.intake.words import counted, shown_name


def leaking_patients(collection: Collection) -> pd.DataFrame:
    """Rows of patients who are in more than one of the stated parts."""
    rows = collection.rows
    placed = rows[(rows["patient"] != "") & rows["split"].isin(SPLITS)]
    parts = placed.groupby("patient")["split"].transform("nunique")
    return placed[parts > 1]


def is_repaired(collection: Collection) -> bool:
    """Official folders are kept and cleaned; a column of the user's own table is for the user to correct."""
    return collection.split_origin == "folders"


@register_check("split.patient", title="Patients on two sides of a split", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error for a table; for official folders the training rows of such patients are left out."""
    collection = exhibits.collection
    leaking = leaking_patients(collection)
    if leaking.empty:
        return
    groups = [tuple(group["image"]) for _, group in leaking.groupby("patient", sort=False)]
    first = leaking.iloc[0]["patient"]
    parts = " and ".join(sorted(set(leaking["split"][leaking["patient"] == first])))
    lost = int((leaking["split"] == "train").sum())
    of_training = int((collection.rows["split"] == "train").sum())
    repaired = is_repaired(collection) and lost <= 0.5 * of_training
    yield Finding(
        check="split.patient",
        severity="warning" if repaired else "error",
        message=f"{counted(len(groups), 'patient')} on two sides of the split, for example "
        f"'{shown_name(first)}' in {parts}; what was learnt from one image would be tested on another.",
        cases=tuple(leaking["image"]),
        groups=tuple(groups),
        evidence={"patients": len(groups), "training_images": lost},
        remedy=f"Their {lost} training images are left out; the test part is untouched"
        if repaired
        else _remedy(collection),
        source="DESIGN 5.1: no patient on two sides of a split",
        fixes=keep_one_side(groups, _parts_of(leaking), "patient is in another part too"),
    )


def _parts_of(rows: pd.DataFrame) -> pd.Series:
    """Image to its part."""
    return rows.drop_duplicates("image").set_index("image")["split"]


def _remedy(collection: Collection) -> str:
    if collection.split_origin == "column":
        return "Correct the split column, or let Third Eye draw the split: --split-column none"
    return (
        "If the numbers in the file names are not patients, say --patient-is-image; "
        "else move these patients into one part"
    )
