"""How many patients each class has."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

SEPARATOR = "|"


def count_classes(rows: pd.DataFrame, classes: Sequence[str]) -> dict[str, int]:
    """Class to the number of patients with it; an image without a patient counts as one.

    Args:
        rows: with the columns ``image``, ``patient`` and ``label`` (several joined by ``|``).
        classes: every class, also those that do not occur.
    """
    who = rows["patient"].where(rows["patient"] != "", rows["image"])
    held = pd.DataFrame({"who": who, "label": rows["label"]})
    if not held["label"].isin(classes).all():
        held = held.assign(label=held["label"].str.split(SEPARATOR, regex=False)).explode("label")
    counts = held.drop_duplicates().groupby("label").size()
    return {name: int(counts.get(name, 0)) for name in classes}


def count_images(rows: pd.DataFrame, classes: Sequence[str]) -> dict[str, int]:
    """Class to the number of images with it."""
    return count_classes(rows.assign(patient=""), classes)
