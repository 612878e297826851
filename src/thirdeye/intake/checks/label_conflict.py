"""One image under two labels."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import duplicate_groups, register_check
from thirdeye.intake.collection import Collection
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.fixes import leave_out
from thirdeye.intake.words import counted, shown_name


def conflicting_groups(collection: Collection, facts: pd.DataFrame) -> list[tuple[str, ...]]:
    """Groups of references to one picture with different labels (a group of one: two rows, one file)."""
    labels = collection.rows.groupby("image", sort=False)["label"].agg(lambda held: frozenset(held))
    twice = [(image,) for image in labels.index if len(labels[image]) > 1]
    copies = [
        group for group in duplicate_groups(facts) if len(frozenset().union(*(labels[i] for i in group))) > 1
    ]
    return twice + copies


@register_check("label.conflict", title="One picture under two labels", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Error, because only a person knows which label is true; a published archive cannot be corrected."""
    collection, facts = exhibits.collection, exhibits.facts
    groups = conflicting_groups(collection, facts)
    if not groups:
        return
    labels = collection.rows.groupby("image", sort=False)["label"].agg(
        lambda held: " and ".join(sorted(set(held)))
    )
    first = ", ".join(f"'{shown_name(image)}' is {labels[image]}" for image in groups[0][:3])
    is_archive = collection.split_origin == "archive"
    yield Finding(
        check="label.conflict",
        severity="warning" if is_archive else "error",
        message=f"{counted(len(groups), 'image')} under two labels: {first}.",
        cases=tuple(image for group in groups for image in group),
        groups=tuple(groups),
        evidence={"labels": {image: str(labels[image]) for group in groups for image in group}},
        remedy="The copies in the training and validation parts are left out"
        if is_archive
        else "Correct the label or take one of them out; for several findings in one image say "
        "--task multilabel",
        source="A picture cannot be both; one of the labels is wrong",
        fixes=leave_out((image for group in groups for image in group), "is under two labels"),
    )
