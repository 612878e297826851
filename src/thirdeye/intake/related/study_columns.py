"""Images of one study, series, frame of reference or accession, by the columns that say so."""

from __future__ import annotations

import pandas as pd

from thirdeye.intake.words import plain, word_set

_NAMES = word_set(
    """study study_id study_uid study_instance_uid studyinstanceuid study_iuid series series_id series_uid
    series_instance_uid seriesinstanceuid series_iuid frame_of_reference frame_of_reference_uid
    frameofreferenceuid space_uid accession accession_id accession_number accessionnumber accession_no exam
    exam_id examination examination_id exam_number"""
)
_LARGEST = 0.5  # of the images; a study that holds more is the name of a project
_ONE_PATIENT = 0.9  # of the values belong to a single patient, where patients are known


def study_groups(rows: pd.DataFrame) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Column and groups of two or more images with one value in it.

    A column is believed when no value holds more than half of the images, and values do not run across
    patients: the name of a project or a running number of the visit is not a study.

    Args:
        rows: one row per image, with ``image`` and ``patient``.
    """
    found = []
    for column in rows.columns:
        if plain(str(column)) not in _NAMES:
            continue
        named = rows[rows[column].notna() & (rows[column].astype(str).str.strip() != "")]
        groups = [group for _, group in named.groupby(column, sort=False) if len(group) > 1]
        if groups and _is_believed(groups, len(rows)):
            found.append((str(column), tuple(tuple(group["image"]) for group in groups)))
    return found


def _is_believed(groups: list[pd.DataFrame], images: int) -> bool:
    if max(map(len, groups)) > _LARGEST * images:
        return False
    # an image that counts as a patient of its own says nothing about patients
    known = [group["patient"][~group["patient"].isin(["", *group["image"]])] for group in groups]
    single = [patients.nunique() == 1 for patients in known if len(patients)]
    return sum(single) >= _ONE_PATIENT * len(single)
