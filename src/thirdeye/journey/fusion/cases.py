"""Which images are of one case: of one row of views, or of one lesion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.intake.words import plain

IMAGE, CASE, LESION = "image", "case", "lesion"
KEPT = frozenset(FIRST_COLUMNS)  # bookkeeping, which no group is made of
_LESIONS = frozenset(["lesion", "lesionid", "nodule", "tumour", "tumor", "wound"])


@dataclass(frozen=True)
class Cases:
    """The cases of some images.

    Args:
        unit: "image", "case" or "lesion".
        of_image: (n,) case of each image, 0 to C - 1.
        first: (C,) position of the first image of each case.
        views: (n,) name of each image's view, "" where it has none.
    """

    unit: str
    of_image: NDArray[np.int64]
    first: NDArray[np.int64]
    views: NDArray[np.str_]

    @property
    def n(self) -> int:
        """C."""
        return len(self.first)


def unit_of(rows: pd.DataFrame, group: str) -> str:
    """What is decided: the case or the lesion where one has several images of one label, else the image.

    Args:
        rows: of the dataset.
        group: name of the column that keeps images together (`Dataset.group`).
    """
    taken = rows[rows["split"] != "excluded"]
    if _several(taken, "case"):
        return CASE
    if names_lesions(group) and _several(taken, "patient"):
        return LESION
    return IMAGE


def names_lesions(group: str) -> bool:
    """Whether a column of this name keeps the images of one lesion together ("lesion_id")."""
    return bool(_LESIONS & set(plain(group).split("_")))


def cases_of(rows: pd.DataFrame, unit: str) -> Cases:
    """The cases of rows, in the order in which they first appear."""
    column = {IMAGE: "image", CASE: "case", LESION: "patient"}[unit]
    named = rows[column].astype(str).where(rows[column].astype(str) != "", rows["image"].astype(str))
    of_image, _ = pd.factorize(named + "\n" + rows["patient"].astype(str))
    first = np.unique(of_image, return_index=True)[1]
    views = rows["view"] if "view" in rows else pd.Series("", index=rows.index)
    return Cases(unit, of_image.astype(np.int64), first.astype(np.int64), views.to_numpy(dtype=str))


def of_whole_cases(rows: pd.DataFrame, cases: Cases) -> pd.DataFrame:
    """Rows of images without the columns that tell the images of one case apart, such as their view.

    Args:
        rows: of the images.
        cases: that they make.
    """
    told_apart = rows.groupby(cases.of_image).nunique(dropna=False).gt(1).any()
    return rows.drop(
        columns=[name for name in rows.columns if told_apart.get(name, False) and name not in KEPT]
    )


def same_views(rows: pd.DataFrame, unit: str) -> tuple[str, ...]:
    """The views that every case shows, each once, in the order of the alphabet; () where cases differ."""
    if unit == IMAGE or "view" not in rows:
        return ()
    cases = cases_of(rows, unit)
    shown = pd.Series(cases.views).groupby(cases.of_image).agg(lambda held: tuple(sorted(held)))
    first: tuple[str, ...] = shown.iloc[0]
    alike = (shown == first).all() if len(shown) else False
    return first if alike and all(first) and len(set(first)) == len(first) > 1 else ()


def _several(rows: pd.DataFrame, column: str) -> bool:
    """Whether something of this column has several images, and none of it has two labels or two parts."""
    held = rows[rows[column].astype(str) != ""].groupby(column)
    if not len(held) or (held.size() < 2).all():
        return False
    return bool((held["label"].nunique() == 1).all() and (held["split"].nunique() == 1).all())
