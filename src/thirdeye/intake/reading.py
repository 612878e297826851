"""What a layout reads: rows as people arranged them, before labels and patients are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from thirdeye.intake.collection import MASK_COLUMNS, READING_COLUMNS, REGION_COLUMNS, Task, empty

PatientOrigin = Literal["column", "file name", "folder", "header", "option", "none"]
SplitOrigin = Literal["column", "folders", "archive", "none"]
# How a sentence begins that names the patient column; what the user says aloud overrules it.
KEPT_TOGETHER = "Images are kept together by column"
CORE_COLUMNS = ("image", "case", "patient", "label", "split", "site")


@dataclass(frozen=True)
class Reading:
    """Images and labels, not yet judged.

    Args:
        root: as in `Collection`.
        rows: the columns of `CORE_COLUMNS` ("" where unknown) and every further column of a table.
        label_name: where labels came from ("dx", "folder name"), for messages and to judge 0/1 labels.
        class_order: class names in the order that the data state (MedMNIST's integers), else empty.
        task: the task that the data state (several label columns: "multilabel"), else None.
        group: name of the patient column, as the user knows it ("patient_id", "lesion_id").
        patient_origin: where patients came from; "none" when nothing is known.
        can_name_patients: True for a table, where a missing patient column can be added.
        split_origin: where splits came from.
        sentences: what was understood.
        leftovers: kind of thing left aside (see `thirdeye.intake.leftovers`) to its names.
        masks, mask_values, regions, readings: as in `Collection`.
    """

    root: Path
    rows: pd.DataFrame
    label_name: str
    class_order: tuple[str, ...] = ()
    task: Task | None = None
    group: str = "patient"
    patient_origin: PatientOrigin = "none"
    can_name_patients: bool = False
    split_origin: SplitOrigin = "none"
    sentences: tuple[str, ...] = ()
    leftovers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    masks: pd.DataFrame = field(default_factory=lambda: empty(MASK_COLUMNS))
    mask_values: Mapping[str, str] = field(default_factory=dict)
    regions: pd.DataFrame = field(default_factory=lambda: empty(REGION_COLUMNS))
    readings: pd.DataFrame = field(default_factory=lambda: empty(READING_COLUMNS))


def core_rows(columns: Mapping[str, list[str]]) -> pd.DataFrame:
    """A frame with every core column; those not given are "", and ``case`` is the image."""
    length = len(columns["image"])
    frame = pd.DataFrame({name: columns.get(name, [""] * length) for name in CORE_COLUMNS}, dtype=object)
    if "case" not in columns:
        frame["case"] = frame["image"]
    return frame
