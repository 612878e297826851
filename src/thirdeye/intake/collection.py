"""What was found under DATA and how it was understood, before any decision is taken about it."""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    root: Path
    layout: str
    rows: pd.DataFrame
    task: Task
    classes: tuple[str, ...]
    positive: str | None
    patient_known: bool
    understood: tuple[str, ...]
