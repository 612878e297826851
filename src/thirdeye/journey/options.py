"""What a user can say about the data, as keywords of every verb that reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict


class DataOptions(TypedDict, total=False):
    """Options of intake; what is left out is recognised.

    Keys:
        layout: name of a layout.
        task: "binary", "multiclass", "multilabel" or "ordinal".
        positive: class that counts as diseased.
        patient: column with the patient (folders: a regular expression on the path).
        patient_is_image: every image is a patient of its own.
        image_column, label_column, split_column, site_column: columns of a table.
        prevalence: how common the positive class will be in use (0.02, "2%", or "CLASS=0.02,CLASS=0.3").
        consent: table of patients, scope, date and withdrawal; images without consent are left out.
        scope: purpose for which consent is needed; None: the only one of the table.
        as_of: day on which consent must hold; None: today.
        consent_key: key file of `deidentify`, where the data have its pseudonyms and the table has not.
        clinical: table of clinical variables, joined by patient, case or image.
        structures: names for what the values of masks mark ("1=liver,2=tumour", or one name).
        measurements: JSON file that says what to measure from landmarks.
        order: classes from least to most (ordinal).
        merge: labels that are taken as one: "NEW=OLD,OLD;NEW=OLD".
        questions: yes-or-no questions that become the classes: "NAME=VALUE,VALUE;NAME=COLUMN:VALUE".
    """

    layout: str | None
    task: str | None
    positive: str | None
    patient: str | None
    patient_is_image: bool
    image_column: str | None
    label_column: str | None
    split_column: str | None
    site_column: str | None
    prevalence: str | float | None
    consent: str | Path | None
    scope: str | None
    as_of: str | None
    consent_key: str | Path | None
    order: Sequence[str] | None
    merge: str | None
    questions: str | None
    clinical: str | Path | None
    structures: str | None
    measurements: str | Path | None
