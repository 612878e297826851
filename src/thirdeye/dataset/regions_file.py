"""``regions.csv``: the boxes and points of a study, and who drew them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from thirdeye.dataset.inside import refuse_elsewhere
from thirdeye.errors import StudyMismatch
from thirdeye.intake.collection import REGION_COLUMNS

_NUMBERS = ("x_min", "y_min", "x_max", "y_max")


@dataclass(frozen=True)
class RegionTable:
    """The boxes or points of a dataset.

    Args:
        rows: one per box or point, the columns of `REGION_COLUMNS`; coordinates in pixels of the stored
            image, from its upper left corner.
        names: classes of the boxes, or landmarks in their order.
    """

    rows: pd.DataFrame
    names: tuple[str, ...]

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who drew, the reference first: who drew in the most images, then by name."""
        counts: Mapping[str, int] = self.rows.groupby("annotator")["image"].nunique().to_dict()
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def of(self, image: str, annotator: str) -> pd.DataFrame:
        """The rows that one annotator drew in one image."""
        return self.rows[(self.rows["image"] == image) & (self.rows["annotator"] == annotator)]


def write_regions_csv(path: Path, regions: RegionTable) -> None:
    """Write the rows as they are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REGION_COLUMNS)
        writer.writerows(regions.rows[list(REGION_COLUMNS)].itertuples(index=False))


def read_regions_csv(path: Path, names: tuple[str, ...]) -> RegionTable:
    """What `write_regions_csv` wrote.

    Raises:
        StudyMismatch: the file is missing, lacks a column, names a file outside the data, or holds a
            coordinate that is no number.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        rows = rows.astype(dict.fromkeys(_NUMBERS, float))
    except FileNotFoundError:
        raise StudyMismatch(f"{path.name} is missing in the study; plan it again") from None
    except (ValueError, KeyError) as error:
        raise StudyMismatch(f"{path.name} is damaged ({error}); plan the study again") from error
    missing = [name for name in REGION_COLUMNS if name not in rows.columns]
    if missing:
        raise StudyMismatch(f"{path.name} lacks the columns {', '.join(missing)}; plan the study again")
    refuse_elsewhere(path.name, rows["image"])
    return RegionTable(rows, names)
