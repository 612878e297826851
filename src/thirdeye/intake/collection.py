"""What was found under DATA and how it was understood, before any decision is taken about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pandas as pd

from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.intake.case_label import CaseLabel

Task = Literal[
    "binary", "multiclass", "multilabel", "ordinal", "segmentation", "detection", "landmarks", "unlabelled"
]
CLASSIFICATION = ("binary", "multiclass", "multilabel", "ordinal")
SPLITS = ("train", "validation", "test")
MASK_COLUMNS = ("image", "mask", "name", "annotator")
REGION_COLUMNS = ("image", "kind", "name", "annotator", "x_min", "y_min", "x_max", "y_max")
EXCLUDED_COLUMNS = ("image", "case", "patient", "label", "split", "site", "consent", "excluded_because")
READING_COLUMNS = ("case", "annotator", "label")


def empty(columns: Sequence[str]) -> pd.DataFrame:
    """A frame with these columns and no row."""
    return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})


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
        masks: one row per mask file: ``image``, ``mask`` (reference), ``name`` (class of a mask of one class,
            "" where the values say it, see `mask_values`), ``annotator`` ("" where there is one).
        mask_values: value of a mask to the name of its class; colours as "#rrggbb". Empty where every mask
            is of one class (0 is background) or nothing is known.
        structures_said: whether the user gave the names of `mask_values` or `masks`.
        regions: one row per box or point: ``image``, ``kind`` ("box", "point"), ``name`` (class or landmark),
            ``annotator``, ``x_min``, ``y_min``, ``x_max``, ``y_max`` in pixels from the image's upper left
            corner (edges of a box; a point has both equal). As found: checks judge them.
        readings: one row per case and annotator where several labelled the same: ``case``, ``annotator``,
            ``label``.
        measurements: what to measure from the landmarks.
        case_label: of the cases, where a segmentation also has labels (column "case_label" of the rows).
        prevalence: class to its share among the patients that will be read, as the user said it.
        consent_checked: whether a consent table was given.
        excluded: rows that may not be used, which are never opened: the columns of `rows`, and ``consent``
            ("missing", "withdrawn", "scope") and ``excluded_because``.
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
    masks: pd.DataFrame = field(default_factory=lambda: empty(MASK_COLUMNS))
    mask_values: Mapping[str, str] = field(default_factory=dict)
    structures_said: bool = False
    regions: pd.DataFrame = field(default_factory=lambda: empty(REGION_COLUMNS))
    readings: pd.DataFrame = field(default_factory=lambda: empty(READING_COLUMNS))
    measurements: tuple[Definition, ...] = ()
    case_label: CaseLabel | None = None
    prevalence: Mapping[str, float] = field(default_factory=dict)
    consent_checked: bool = False
    excluded: pd.DataFrame = field(default_factory=lambda: empty(EXCLUDED_COLUMNS))
