"""Labels beside masks: finding them where masks were asked for, and understanding them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from thirdeye.intake.case_label import CASE_LABEL, CaseLabel
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.files import find_files
from thirdeye.intake.layouts.layout import LAYOUTS, Layout
from thirdeye.intake.mask_attach import attach_masks
from thirdeye.intake.mask_legend import find_legend
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.tasks import decide

_LABELLED = ("table", "split-folders", "patient-folders", "class-folders")


def labelled_with_masks(data: Path, options: Options) -> tuple[str, Layout, Reading] | None:
    """The layout that states a label for images that also have masks, and its reading.

    Looked for only where a segmentation is asked for: labels of images are then not the decision, but are
    learnt with the masks.

    Args:
        data: folder or table.
        options: with the task "segmentation".
    """
    if options.task != "segmentation" or options.layout is not None:
        return None
    plain = replace(options, task=None)
    for name, candidate in LAYOUTS:
        if not candidate.recognise(data, plain):
            continue
        if name not in _LABELLED:
            return None
        reading = _with_legend(attach_masks(candidate.read(data, plain)))
        has_both = bool(len(reading.masks)) and bool((reading.rows["label"] != "").any())
        return (name, candidate, reading) if has_both else None
    return None


def told_of_both(reading: Reading, task: str, options: Options) -> tuple[str, ...]:
    """Which question is answered where images have a label and masks, and how to get the other, or both.

    A label that is stated for images is the question, since it is measured in more ways than one that is
    learnt beside masks; nothing is said where the user chose.

    Args:
        reading: with its masks.
        task: that was decided on.
        options: of the user.
    """
    if options.task is not None or task not in CLASSIFICATION or reading.masks.empty:
        return ()
    both = reading.rows["image"].isin(reading.masks["image"]) & (reading.rows["label"] != "")
    if not both.any():
        return ()
    return (
        f"Images with a label and a mask: {int(both.sum()):,}. This study answers what the label asks; the "
        "masks are kept, and not learnt. For both in one study and one report, say --task segmentation: one "
        "network then marks the structures and tells the label.",
    )


def with_case_label(reading: Reading, options: Options) -> tuple[Reading, CaseLabel | None, tuple[str, ...]]:
    """The reading with the label in a column of its own, what the label is, and what was understood.

    Grades, several labels a case and a label with one value are left alone.

    Args:
        reading: with masks; its rows may have labels.
        options: which class is positive, where the user says so.

    Raises:
        DataRefused: two classes of which none is known to be the disease.
        UsageError: the positive class that was named does not exist.
    """
    known = reading.rows["label"] != ""
    if reading.masks.empty or not known.any():
        return reading, None, ()
    decision = decide(replace(reading, rows=reading.rows[known]), replace(options, task=None))
    if decision.task not in ("binary", "multiclass") or len(decision.classes) < 2:
        return reading, None, ()
    values = pd.Series("", index=reading.rows.index, dtype=object)
    values[known] = list(decision.labels)
    label = CaseLabel(
        "binary" if decision.task == "binary" else "multiclass", decision.classes, decision.positive
    )
    said = "Masks and a label for the same cases: both are learnt together."
    return (
        replace(reading, rows=reading.rows.assign(**{CASE_LABEL: values})),
        label,
        (said, *decision.sentences),
    )


def _with_legend(reading: Reading) -> Reading:
    if reading.mask_values or not reading.root.is_dir():
        return reading
    legend, sentences, _ = find_legend(reading.root, find_files(reading.root).others)
    return replace(reading, mask_values=legend, sentences=(*reading.sentences, *sentences))
