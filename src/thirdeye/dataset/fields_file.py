"""``fields.csv``: where the picture is in an image (field of view), for data that say so."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from thirdeye.dataset.inside import refuse_elsewhere
from thirdeye.errors import StudyMismatch

COLUMNS = ("image", "field")


def write_fields_csv(path: Path, fields: Mapping[str, str]) -> None:
    """Write which mask says where the picture is.

    Args:
        path: file to write.
        fields: reference of an image to that of its mask.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(fields.items())


def read_fields_csv(path: Path) -> dict[str, str]:
    """What `write_fields_csv` wrote; empty where there is no such file.

    Raises:
        StudyMismatch: a column is missing, or a file outside the data is named.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        fields = dict(zip(rows["image"], rows["field"], strict=True))
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError) as error:
        raise StudyMismatch(f"{path.name} is damaged ({error}); plan the study again") from error
    refuse_elsewhere(path.name, [*fields, *fields.values()])
    return fields
