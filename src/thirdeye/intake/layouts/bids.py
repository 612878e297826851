"""The Brain Imaging Data Structure: sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz and participants.tsv.

Source: Gorgolewski et al. 2016, Scientific Data 3, 160044; BIDS 1.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.bids_masks import match_masks, segment_names
from thirdeye.intake.bids_name import BidsName, parse_name
from thirdeye.intake.bids_sidecars import Sidecars
from thirdeye.intake.bids_tables import PARTICIPANTS, clinical_columns
from thirdeye.intake.collection import MASK_COLUMNS, Task
from thirdeye.intake.files import find_files, subfolders
from thirdeye.intake.label_columns import Labels, find_labels
from thirdeye.intake.layouts.descend import descend
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import CORE_COLUMNS, Reading, core_rows
from thirdeye.intake.splits import split_name
from thirdeye.intake.words import counted, listed

_DESCRIPTION = "dataset_description.json"
_WANTED = ("anat", "pet", "ct", "micr", "perf", "dwi", "func")  # the first that is there, and no other
_GROUPS = ("group", "participant_group", "dx_group", "cohort", "status")


def recognise(data: Path, options: Options) -> bool:
    """Folders sub-... beside participants.tsv or dataset_description.json, or with anat and so on in them."""
    if not data.is_dir():
        return False
    folder = _root(data)
    subjects = [path for path in subfolders(folder) if path.name.startswith("sub-")]
    if not subjects:
        return False
    if (folder / PARTICIPANTS).is_file() or (folder / _DESCRIPTION).is_file():
        return True
    below = [path.name for path in subfolders(subjects[0])]
    return any(name in _WANTED or name.startswith("ses-") for name in below)


def read(data: Path, options: Options) -> Reading:
    """A row per image; a case is a session, a patient a subject.

    Raises:
        DataRefused: no image, or neither labels nor masks where labels are needed.
        UsageError: an option names a column that is not there.
    """
    folder = _root(data)
    found = find_files(folder)
    parsed = [name for file in (*found.images, *found.masks) if (name := parse_name(file))]
    images, others = _choose([name for name in parsed if not name.is_mask and not name.derivative])
    if not images:
        raise DataRefused("the folders sub-... hold no image that is named as BIDS asks (sub-01_T1w.nii.gz)")
    masks, lonely = match_masks([name for name in parsed if name.is_mask], images)
    clinical = clinical_columns(folder, images, found.others)
    labels = _labels(clinical, options)
    task = _task(labels, bool(masks), options, clinical)
    rows = _rows(images, clinical, labels, Sidecars(folder, found.others), options)
    has_label = (rows["label"] != "") | (labels is None or labels.is_multiple)
    if labels is not None:
        has_label &= ~rows.index.isin(labels.unknown)
    kept = rows[has_label].reset_index(drop=True)
    known = [row for row in masks if row["image"] in set(kept["image"])]
    return Reading(
        root=folder,
        rows=kept,
        label_name=labels.name if labels else "masks",
        class_order=labels.class_order if labels else (),
        task=task,
        group="subject",
        patient_origin="folder",
        split_origin="column" if kept["split"].any() else "none",
        sentences=(
            *_sentences(kept, known),
            *((labels.sentence,) if labels else ()),
        ),
        leftovers={
            "other_kind": tuple(name.file for name in others),
            "mask_without_image": lonely,
            "row_without_label": tuple(rows["image"][~has_label]),
        },
        masks=pd.DataFrame(known, columns=list(MASK_COLUMNS), dtype=object),
        mask_values=segment_names(folder, found.others) if known else {},
    )


def _root(data: Path) -> Path:
    """A single subject is no reason to look for the data below it."""
    if any(path.name.startswith("sub-") for path in subfolders(data)):
        return data
    return descend(data)[0]


def _choose(names: Sequence[BidsName]) -> tuple[list[BidsName], list[BidsName]]:
    """Images of the first kind of data that is there, and the others."""
    kinds = {name.datatype for name in names}
    wanted = next((kind for kind in _WANTED if kind in kinds), None)
    if wanted is None:
        return list(names), []
    return (
        [name for name in names if name.datatype == wanted],
        [name for name in names if name.datatype != wanted],
    )


def _labels(clinical: pd.DataFrame, options: Options) -> Labels | None:
    """By option or by name; "group" is what BIDS itself calls it."""
    if options.task == "segmentation" and not options.label_column:
        return None
    found = find_labels(clinical, set(), options)
    if found is not None or options.label_column:
        return found
    for name in _GROUPS:
        column = next((c for c in clinical.columns if c.lower() == name), None)
        if column is not None and 2 <= clinical[column].replace("", pd.NA).nunique() <= 10:
            sentence = f"Labels: column '{column}' (recognised by its name)."
            return Labels(tuple(clinical[column]), column, sentence)
    return None


def _task(labels: Labels | None, has_masks: bool, options: Options, clinical: pd.DataFrame) -> Task | None:
    if labels is not None:
        return labels.task
    if has_masks:
        return "segmentation"
    if options.labels_optional:
        return "unlabelled"
    raise DataRefused(
        f"nothing says which column of {PARTICIPANTS} is the label, and there are no masks; name one with "
        f"--label-column, one of: {listed(list(clinical.columns), 30) or '(the table has no columns)'}"
    )


def _rows(
    images: Sequence[BidsName],
    clinical: pd.DataFrame,
    labels: Labels | None,
    sidecars: Sidecars,
    options: Options,
) -> pd.DataFrame:
    rows = core_rows(
        {
            "image": [image.file for image in images],
            "case": [image.case for image in images],
            "patient": [f"sub-{image.entities['sub']}" for image in images],
            "label": list(labels.values) if labels else [""] * len(images),
        }
    )
    if options.split_column and options.split_column != "none":
        rows["split"] = [split_name(value) or "" for value in _column(clinical, options.split_column)]
    rows["session"] = [image.entities.get("ses", "") for image in images]
    rows["contrast"] = [image.suffix for image in images]
    told = pd.DataFrame([sidecars.columns_of(image) for image in images]).fillna("")
    for column in told.columns:
        rows[column] = told[column]
    used = set(labels.name.split(", ")) if labels else set()
    for column in clinical.columns:
        if column in used:
            continue
        taken = column in CORE_COLUMNS and column != "site"
        rows[f"{column}_in_table" if taken else column] = list(clinical[column])
    if options.site_column:
        rows["site"] = list(_column(clinical, options.site_column))
    return rows


def _column(clinical: pd.DataFrame, name: str) -> pd.Series:
    if name not in clinical.columns:
        raise UsageError(
            f"no column is called {name!r}; the tables have {listed(list(clinical.columns), 30)}"
        )
    return clinical[name]


def _sentences(rows: pd.DataFrame, masks: Sequence[dict[str, str]]) -> tuple[str, ...]:
    contrasts = ", ".join(f"{name} ({count:,})" for name, count in rows["contrast"].value_counts().items())
    said = [
        f"{counted(rows['patient'].nunique(), 'subject')}, {counted(rows['case'].nunique(), 'session')}, "
        f"{counted(len(rows), 'image')}: {contrasts}.",
        "A case is a session of a subject, and a subject is a patient.",
    ]
    if masks:
        said.append(f"{counted(len(masks), 'mask')} found by subject, session and further words of the name.")
    return tuple(said)


LAYOUT = Layout("the Brain Imaging Data Structure (BIDS)", recognise, read)
