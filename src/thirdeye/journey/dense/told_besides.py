"""Whether the cases of a segmentation have a label that their masks do not say, and dealing them by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from thirdeye.dataset.table import Dataset
from thirdeye.intake.case_label import CASE_LABEL, CaseLabel, follows_from
from thirdeye.intake.collection import Collection

FEWEST = 10  # labelled cases of the rarest class, below which a label is not learnt
SEPARATOR = "|"
NONE = "the cases have no label besides their masks"

C = TypeVar("C", Collection, Dataset)


def told_besides(collection: Collection, marked: Collection) -> CaseLabel | None:
    """The label to learn with the masks; None where there is none, or too few, or the masks say it already.

    Args:
        collection: as opened.
        marked: the same with what the masks mark as its label (`with_presence`).
    """
    return None if why_left_alone(collection, marked) else collection.case_label


def why_left_alone(collection: Collection, marked: Collection) -> str:
    """Why no label is learnt with the masks, as the plan says it; "" where one is.

    Args:
        collection: as opened.
        marked: the same with what the masks mark as its label.
    """
    label = collection.case_label
    if label is None:
        return NONE
    values, there = marked.rows[CASE_LABEL], marked.rows["label"]
    drawn = marked.rows["image"].isin(marked.masks["image"])
    counts = values[drawn].value_counts().reindex(label.classes, fill_value=0)
    if (counts < FEWEST).any():
        return (
            f"the label besides the masks is left alone: '{counts.idxmin()}' has {counts.min()} cases with a "
            f"mask, and {FEWEST} are needed"
        )
    if follows_from(list(values[drawn]), list(there[drawn])):
        return "the label besides the masks is left alone: it only says what is marked"
    return ""


def dealt(source: C, label: CaseLabel | None, deal: Callable[[C], Dataset]) -> Dataset:
    """Parts or folds in which the label's classes are spread as evenly as the structures.

    Args:
        source: whose label is what the masks mark.
        label: learnt besides; None: dealt by the structures alone.
        deal: makes the parts or folds.
    """
    if label is None:
        return deal(source)
    names: tuple[str, ...] = tuple(f"{CASE_LABEL} {name}" for name in label.classes)
    told = source.rows[CASE_LABEL].map(lambda value: f"{CASE_LABEL} {value}" if value else "")
    both = _joined(source.rows["label"], told)
    found = deal(replace(source, classes=(*source.classes, *names), rows=source.rows.assign(label=both)))
    marked = [_without(str(joined), names) for joined in found.rows["label"]]
    return replace(found, classes=source.classes, rows=found.rows.assign(label=marked))


def _without(joined: str, names: tuple[str, ...]) -> str:
    return SEPARATOR.join(part for part in joined.split(SEPARATOR) if part not in names)


def _joined(one: pd.Series, other: pd.Series) -> pd.Series:
    return pd.Series(
        [SEPARATOR.join(filter(None, pair)) for pair in zip(one, other, strict=True)],
        index=one.index,
        dtype=object,
    )
