"""External data with masks, boxes or points, opened: which cases are measured, and why the others are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from thirdeye.dataset.table import Dataset
from thirdeye.intake.open import open_collection
from thirdeye.journey.external.asked import External
from thirdeye.journey.external.cases import ExternalCases, of_part
from thirdeye.journey.external.located_marks import (
    Marks,
    boxes_elsewhere,
    masks_elsewhere,
    points_elsewhere,
)
from thirdeye.journey.external.sketch import Sketch, look_at
from thirdeye.training.event import Event, Listener

_HERE = ("task", "prevalence")
NO_MARK = {"segmentation": "no mask", "detection": "nobody says what is in it", "landmarks": "no point"}


@dataclass(frozen=True)
class LocatedCases:
    """External cases with what is drawn in them.

    Args:
        cases: images, what was seen of them, and why some are left out.
        marks: in the reader's words.
    """

    cases: ExternalCases
    marks: Marks

    def dataset(self, task: str, classes: Sequence[str]) -> Dataset:
        """The cases as a dataset whose test part is what is left to measure."""
        rows = self.cases.rows
        counted = self.cases.counts_of()
        rows = rows.assign(
            split=["excluded" if image in counted else "test" for image in rows["image"]],
            excluded_because=[counted.get(image, "") for image in rows["image"]],
            kept_together=rows["patient"],
        )
        collection = self.marks.collection
        return Dataset(
            collection.root, rows, task, tuple(classes), None,  # type: ignore[arg-type]
            collection.group, "external",
        )  # fmt: skip


def open_located(
    on: Path, task: str, classes: Sequence[str], asked: External, *, axes: int, tell: Listener
) -> LocatedCases:
    """Open the data as `check` does, and match what is drawn in them with what the reader looks for.

    Args:
        on: folder, table or archive.
        task: of the reader: "segmentation", "detection" or "landmarks".
        classes: what it looks for.
        asked: what the user said.
        axes: 2 where the reader reads images, 3 where it reads volumes.
        tell: hears how it goes.

    Raises:
        UsageError: the data do not exist, or an option does not fit.
        DataRefused: they hold nothing of the kind, or other names.
    """
    given = {name: value for name, value in asked.options.items() if name not in _HERE}
    collection = of_part(open_collection(on, **{**given, "task": task}), asked.part)  # type: ignore[arg-type]
    for sentence in collection.understood:
        tell(Event("note", sentence))
    sketch = look_at(collection, tell, "external images looked at")
    if task == "segmentation":
        marks = masks_elsewhere(collection, classes, asked.mapping)
    elif task == "detection":
        marks = boxes_elsewhere(collection, classes, asked.mapping, sketch.facts)
    else:
        marks = points_elsewhere(collection, classes, asked.mapping)
    notes = marks.match.sentences()
    for sentence in notes:
        tell(Event("note", sentence))
    rows = _one_row_each(marks.collection.rows)
    reasons = _left_out(marks, rows, sketch, task, axes)
    return LocatedCases(
        ExternalCases(marks.collection, marks.match, rows, sketch, reasons, tuple(notes)), marks
    )


def _one_row_each(rows: pd.DataFrame) -> pd.DataFrame:
    first = rows.drop_duplicates("image").reset_index(drop=True)
    patient = first["patient"].where(first["patient"] != "", first["image"])
    return first.assign(patient=patient, split="external", fold=-1)


def _left_out(marks: Marks, rows: pd.DataFrame, sketch: Sketch, task: str, axes: int) -> dict[str, str]:
    """Image to reason; where there are several, the gravest."""
    wanted, facts = ("volume" if axes == 3 else "image"), sketch.facts
    reasons: dict[str, str] = {}
    if task == "detection":
        stated = rows["annotated"] if "annotated" in rows else pd.Series("", index=rows.index)
        unknown = rows["image"][stated == "no"]
    else:
        unknown = rows["image"][~_drawn_in_case(marks, rows)]
    reasons |= dict.fromkeys(map(str, unknown), NO_MARK[task])
    readable = facts[facts["sha256"] != ""]
    again = readable.index[readable["sha256"].duplicated()]
    reasons |= dict.fromkeys(map(str, again), "an identical copy of another image of these data")
    for image, kind, error in zip(facts.index, facts["kind"], facts["error"], strict=True):
        if error:
            reasons[str(image)] = f"unreadable: {error}"
        elif kind != wanted:
            reasons[str(image)] = f"a {kind}, and the reader reads {wanted}s"
    return {image: why for image, why in reasons.items() if image in set(rows["image"])}


def _drawn_in_case(marks: Marks, rows: pd.DataFrame) -> pd.Series:
    """Whether something is drawn in an image, or in another channel of its case."""
    drawn = rows["image"].isin(marks.images)
    return drawn.groupby(rows["case"]).transform("any") if "channel" in rows else drawn
