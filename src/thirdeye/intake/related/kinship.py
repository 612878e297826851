"""Every way in which data say that images belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from thirdeye.intake.related.augmented_names import augmented_groups
from thirdeye.intake.related.file_parts import parts_of_one_file
from thirdeye.intake.related.slice_names import slice_groups
from thirdeye.intake.related.study_columns import study_groups

Kind = Literal["study", "volume", "augmented"]
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Kinship:
    """Images that belong together.

    Args:
        kind: why: one study (or series, frame of reference, accession), slices or patches of one volume, or
            augmented copies of one original.
        origin: how that is known, for a sentence ("column 'study'", "file names").
        groups: references, two or more each.
    """

    kind: Kind
    origin: str
    groups: Groups


def kinships(rows: pd.DataFrame) -> tuple[Kinship, ...]:
    """What can be told from the rows of a collection, without looking at a picture.

    Args:
        rows: as in `thirdeye.intake.collection.Collection`.
    """
    rows = rows.drop_duplicates("image")
    images: Sequence[str] = list(rows["image"])
    found = [Kinship("study", f"column '{name}'", groups) for name, groups in study_groups(rows)]
    found += [
        Kinship("volume", "parts of one file", parts_of_one_file(images)),
        Kinship("volume", "file names", slice_groups(images)),
        Kinship("augmented", "file names", augmented_groups(images)),
    ]
    return tuple(kinship for kinship in found if kinship.groups)
