"""What was found under DATA and how it was understood, before any decision is taken about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

Task = Literal["binary", "multiclass", "multilabel", "ordinal"]
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Collection:
    """Images and labels as people arranged them.

    Args:
        root: folder (or file, for an archive such as ``.npz``) that the references in `rows` start from.
        layout: name of the layout that was recognised.
        rows: one row per image, with the columns
            ``image``    reference relative to `root`: ``"nv/ISIC_1.jpg"``, or ``"test/12"`` in an archive;
            ``case``     what one decision is about; equals ``image`` where nothing else is known;
            ``patient``  "" where unknown;
            ``label``    class name; several joined by ``|`` (none: "") for multi-label;
            ``split``    "train", "validation", "test", or "" where the data state none;
            ``site``     "" where unknown;
            and every further column of the user's table under its own name.
        task: what kind of decision the labels ask for.
        classes: class names in a stable order (ordinal: from least to most).
        positive: the class that counts as diseased (binary only).
        patient_known: True when ``patient`` came from the data or an option.
        understood: sentences that say back what was understood, for a person.
        group: name of what keeps images together ("patient_id", "lesion_id"); "image" when every image was
            declared a patient of its own, or nothing is known.
        patient_origin: "column", "file name", "folder", "header", "option" or "none".
        split_origin: "column", "folders", "archive" or "none".
        positive_is_certain: False when only the custom of 0/1 speaks for the positive class.
        leftovers: what was left aside, by kind ("row_without_file", "file_without_row",
            "row_without_label", "repeated_row", "ambiguous_row", "not_an_image", "mask", "outside_class").
    """

    root: Path
    layout: str
    rows: pd.DataFrame
    task: Task
    classes: tuple[str, ...]
    positive: str | None
    patient_known: bool
    understood: tuple[str, ...]
    group: str = "image"
    patient_origin: str = "none"
    split_origin: str = "none"
    positive_is_certain: bool = True
    leftovers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
