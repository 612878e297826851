"""What a layout said of the slices of its volumes, for the checks of series."""

from __future__ import annotations

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable
from thirdeye.intake.dicom_folder.items import SERIES_COLUMNS
from thirdeye.intake.exhibits import Exhibits

SOURCE = "DICOM PS3.3 C.7.6.2: the place of a slice is its position, not its number"


def accused(exhibits: Exhibits, column: str) -> pd.Series:
    """Reference to what the column says, of every row of which it says something.

    Raises:
        NotApplicable: the data are no series of DICOM slices.
    """
    rows = exhibits.collection.rows
    if not _has_series(rows):
        raise NotApplicable("the data hold no series of DICOM slices")
    if column not in rows.columns:
        return pd.Series(dtype=object)
    told = rows.drop_duplicates("image").set_index("image")[column]
    return told[told.notna() & (told != "") & (told != SERIES_COLUMNS[column])]


def _has_series(rows: pd.DataFrame) -> bool:
    return "series" in rows.columns and bool((rows["series"].fillna("") != "").any())
