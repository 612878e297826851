"""The dataset: a table of cases with a split and folds, the ground on which everything is computed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from thirdeye.intake.collection import Task


@dataclass(frozen=True)
class Dataset:
    """A collection whose every image has its place.

    Args:
        root: what the references in ``rows["image"]`` start from (see `Collection`).
        rows: the rows of the collection, ``split`` filled with "train", "validation", "test" or "excluded"
            (with the column ``excluded_because``), and ``fold``: 0..k-1 for development cases that are
            cross-fitted, -1 otherwise. All images of one patient share split and fold.
        task, classes, positive: as in `Collection`.
        group: the column that kept images together ("patient", "lesion_id"); "image" when every image
            was declared a patient of its own.
        split_origin: "official", "official test, validation drawn", or "drawn".
    """

    root: Path
    rows: pd.DataFrame
    task: Task
    classes: tuple[str, ...]
    positive: str | None
    group: str
    split_origin: str

    def part(self, *splits: str) -> pd.DataFrame:
        """Rows of the named splits, in table order."""
        return self.rows[self.rows["split"].isin(splits)]
