"""What the headers of the files say of an image, as columns of the dataset by which results are given."""

from __future__ import annotations

import pandas as pd

HEADER_COLUMNS = ("modality", "manufacturer", "device", "view", "laterality", "body_part")


def with_header_columns(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The rows with modality, machine, view, side and body part, where the headers name any.

    A column that the user's table already has is left as it is. Nothing here names a person.

    Args:
        rows: of a dataset.
        facts: of every image, indexed by its reference.
    """
    found = {}
    for name in HEADER_COLUMNS:
        if name in rows.columns or name not in facts.columns:
            continue
        values = facts[name].reindex(rows["image"]).fillna("").astype(str).str.strip()
        if (values != "").any():
            found[name] = values.to_numpy(dtype=object)
    return rows.assign(**found)
