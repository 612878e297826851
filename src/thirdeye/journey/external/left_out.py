"""Why an external image cannot be evaluated, whatever the reader would say of it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from thirdeye.intake.checks.label_conflict import conflicting_groups
from thirdeye.intake.collection import Collection
from thirdeye.journey.external.sketch import Sketch

_LEFTOVERS = {
    "row_without_file": "named in the table, but there is no such file",
    "ambiguous_row": "the table's row fits several files",
    "row_without_label": "no label",
    "file_without_row": "no row of the table names it",
}


def left_out(collection: Collection, named: pd.DataFrame, sketch: Sketch, task: str) -> dict[str, str]:
    """Image to reason; where there are several, the gravest.

    Args:
        collection: as opened.
        named: its rows with the reader's names of the classes.
        sketch: of its images.
        task: of the reader.
    """
    return {
        **_unnamed(collection, named, task),
        **_copies(sketch.facts),
        **{
            str(image): "the same picture has another label"
            for group in conflicting_groups(replace(collection, rows=named), sketch.facts)
            for image in group
        },
        **_unusable(sketch.facts),
        **{str(row.image): str(row.excluded_because) for row in collection.excluded.itertuples()},
        **{
            name: reason for kind, reason in _LEFTOVERS.items() for name in collection.leftovers.get(kind, ())
        },
    }


def _unnamed(collection: Collection, named: pd.DataFrame, task: str) -> dict[str, str]:
    if task == "multilabel":
        return {}
    return {
        str(image): f"its class '{theirs}' is unknown to the reader" if theirs else "no label"
        for image, theirs, ours in zip(named["image"], collection.rows["label"], named["label"], strict=True)
        if not ours
    }


def _copies(facts: pd.DataFrame) -> dict[str, str]:
    readable = facts[facts["sha256"] != ""]
    again = readable.index[readable["sha256"].duplicated()]
    return dict.fromkeys(map(str, again), "an identical copy of another image of these data")


def _unusable(facts: pd.DataFrame) -> dict[str, str]:
    reasons = {}
    for image, kind, error in zip(facts.index, facts["kind"], facts["error"], strict=True):
        if error:
            reasons[str(image)] = f"unreadable: {error}"
        elif kind != "image":
            reasons[str(image)] = f"a {kind}, not an image in two dimensions"
    return reasons
