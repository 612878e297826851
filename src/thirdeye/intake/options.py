"""What the user said about the data, over what can be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """The options of intake; None means "recognise it".

    Args:
        layout: name of a registered layout.
        task: "binary", "multiclass", "multilabel" or "ordinal".
        positive: class that counts as diseased (binary).
        patient: column of the table; for folders, a regular expression whose first group, searched in the
            file's path below the data, is the patient.
        patient_is_image: every image is a patient of its own, said by the user.
        image_column, label_column, split_column, site_column: columns of the table. `label_column` may name
            several, separated by commas (one 0/1 column per class); `split_column` may be "none", which
            leaves the table's split unused.
        order: class names from least to most (ordinal).
        merge: labels that are taken as one: "NEW=OLD,OLD;NEW=OLD"; of several graders, before they are
            counted.
        questions: yes-or-no questions that become the classes, several at once: "NAME=VALUE,VALUE;
            NAME=COLUMN:VALUE"; what several graders answered is counted question by question.
        prevalence: how common the positive class will be where the reader is used (0.02, "2%"), or
            "CLASS=0.02,CLASS=0.3".
        consent: table of patients, scope, date and withdrawal; images without consent are left out.
        scope: purpose for which consent is needed; None: the only one of the table.
        as_of: day on which consent must hold ("2026-01-31"); None: today.
        consent_key: key file of `thirdeye deidentify`, where only the data have its pseudonyms.
        clinical: table of clinical variables, joined by patient, case or image.
        structures: names for what the values of masks mark: "1=liver,2=tumour", or one name.
        measurements: JSON file that says what to measure from landmarks, or the name of a table that comes
            with the package ("cephalometry"); None: measurements.json beside the data, where it is there.
        labels_optional: data without labels are accepted (to examine them, not to learn from them).
    """

    layout: str | None = None
    task: str | None = None
    positive: str | None = None
    patient: str | None = None
    patient_is_image: bool = False
    image_column: str | None = None
    label_column: str | None = None
    split_column: str | None = None
    site_column: str | None = None
    order: Sequence[str] | None = None
    merge: str | None = None
    questions: str | None = None
    prevalence: str | float | None = None
    consent: str | Path | None = None
    scope: str | None = None
    as_of: str | None = None
    consent_key: str | Path | None = None
    clinical: str | Path | None = None
    structures: str | None = None
    measurements: str | Path | None = None
    labels_optional: bool = False
