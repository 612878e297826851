"""``masks.csv``: which masks belong to which image of a study, and what they mark."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from thirdeye.dataset.inside import refuse_elsewhere
from thirdeye.errors import StudyMismatch
from thirdeye.intake.collection import MASK_COLUMNS
from thirdeye.intake.structures import Structures


@dataclass(frozen=True)
class MaskTable:
    """The masks of a dataset.

    Args:
        rows: one per mask file: ``image``, ``mask``, ``name``, ``annotator``.
        structures: what they mark.
    """

    rows: pd.DataFrame
    structures: Structures

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who drew: the one whose masks are the reference first (who drew the most; then by name)."""
        counts: Mapping[str, int] = self.rows.groupby("annotator")["image"].nunique().to_dict()
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def of(self, image: str, annotator: str) -> list[tuple[str, str]]:
        """(reference, name) of the masks that one annotator drew for one image."""
        there = self.rows[(self.rows["image"] == image) & (self.rows["annotator"] == annotator)]
        return list(zip(there["mask"], there["name"], strict=True))


def write_masks_csv(path: Path, masks: MaskTable) -> None:
    """Write the rows as they are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(MASK_COLUMNS)
        writer.writerows(masks.rows[list(MASK_COLUMNS)].itertuples(index=False))


def read_masks_csv(path: Path, structures: Structures) -> MaskTable:
    """What `write_masks_csv` wrote.

    Raises:
        StudyMismatch: the file is missing, lacks a column, or names a file outside the data.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise StudyMismatch(f"{path.name} is missing in the study; plan it again") from None
    except ValueError as error:
        raise StudyMismatch(f"{path.name} is damaged ({error}); plan the study again") from error
    missing = [name for name in MASK_COLUMNS if name not in rows.columns]
    if missing:
        raise StudyMismatch(f"{path.name} lacks the columns {', '.join(missing)}; plan the study again")
    refuse_elsewhere(path.name, [*rows["image"], *rows["mask"]])
    return MaskTable(rows, structures)
