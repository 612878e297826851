"""``dataset.csv``: the dataset as a file that a person can read and a spreadsheet can open."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch
from thirdeye.intake.collection import Task

FIRST_COLUMNS = (
    "image",
    "case",
    "patient",
    "label",
    "split",
    "fold",
    "excluded_because",
    "kept_together",
    "site",
)


def write_dataset_csv(path: Path, dataset: Dataset) -> None:
    """Write the rows of a dataset, values exactly as they are, first the columns of `FIRST_COLUMNS`.

    Nothing in the file is absolute: references are relative to the data, whose place is not stored. The file
    is replaced in one step.
    """
    order = [*FIRST_COLUMNS, *(name for name in dataset.rows.columns if name not in FIRST_COLUMNS)]
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)  # ends lines as RFC 4180 says, and so quotes "\r" and "\n" in names
            writer.writerow(order)
            writer.writerows(dataset.rows[order].itertuples(index=False))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_dataset_csv(
    path: Path,
    *,
    root: Path,
    task: Task,
    classes: Sequence[str],
    positive: str | None,
    group: str,
    split_origin: str,
) -> Dataset:
    """The dataset that `write_dataset_csv` wrote.

    Args:
        path: of ``dataset.csv``.
        root: where the data are now.
        task, classes, positive, group, split_origin: from the fingerprint.

    Raises:
        StudyMismatch: the file is missing, or lacks a column or was cut.
    """
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8").astype(object)
    except FileNotFoundError:
        raise StudyMismatch(f"{path.name} is missing in the study; run 'check' again") from None
    except ValueError as error:  # pandas' parser errors among them
        raise StudyMismatch(f"{path.name} is damaged ({error}); run 'check' again") from error
    missing = [name for name in FIRST_COLUMNS if name not in rows.columns]
    if missing or rows.isna().any(axis=None):
        what = f"lacks the columns {', '.join(missing)}" if missing else "has lines that were cut"
        raise StudyMismatch(f"{path.name} {what}; run 'check' again")
    try:
        rows["fold"] = rows["fold"].astype(int)
    except ValueError as error:
        raise StudyMismatch(
            f"{path.name} has a fold that is no number ({error}); run 'check' again"
        ) from None
    return Dataset(root, rows, task, tuple(classes), positive, group, split_origin)
