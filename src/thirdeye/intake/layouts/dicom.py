"""A folder of DICOM files, or a DICOMDIR, with or without a table of labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.dicom_folder.annotations import annotated
from thirdeye.intake.dicom_folder.folders import folder_labels
from thirdeye.intake.dicom_folder.headers import read_headers
from thirdeye.intake.dicom_folder.items import Items, frame_of, items_of, told_items
from thirdeye.intake.dicom_folder.labelled import labelled_by_table
from thirdeye.intake.dicom_folder.sources import Sources, find_sources, is_dicom_folder
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.words import counted

_LEAST_NAMED = 0.5


def recognise(data: Path, options: Options) -> bool:
    """A DICOMDIR, a table beside DICOM files, or a folder whose images are DICOM files."""
    return is_dicom_folder(data)


def read(data: Path, options: Options) -> Reading:
    """One row per image, volume or frame; the series of one study are one case.

    Labels come from a table (joined by file, UID, accession number or patient ID), or from folders that are
    classes. Patients, sites and studies are pseudonyms.

    Raises:
        DataRefused: no image is found, or nothing says what the labels are.
    """
    sources = find_sources(data)
    items = items_of(read_headers(sources.root, sources.files))
    if not items.images:
        raise DataRefused(_why_none(items))
    rows, origin, sentences = _patients(frame_of(items.images))
    reading = Reading(
        root=sources.root,
        rows=rows,
        label_name="none",
        patient_origin=origin,  # type: ignore[arg-type]
        sentences=(*sources.sentences, *told_items(items), *sentences),
        leftovers=_leftovers(items, sources),
    )
    return _labelled(annotated(reading, items), items, sources, options)


def _labelled(reading: Reading, items: Items, sources: Sources, options: Options) -> Reading:
    by_table = labelled_by_table(reading, items.images, sources, options)
    if by_table is not None:
        return by_table
    by_folder = folder_labels(reading, items.images)
    if by_folder is not None:
        return by_folder
    by_annotation = _by_annotation(reading, options)
    if by_annotation is not None:
        return by_annotation
    if options.labels_optional:
        said = "No labels: examined, not to be learnt from."
        return replace(reading, task="unlabelled", sentences=(*reading.sentences, said))
    raise DataRefused(
        f"{counted(len(items.images), 'image')} but no labels: add a table (CSV, Excel) with a label for "
        "each patient ID, accession number, study, series or file, or put the images of each class into a "
        "folder of its own"
    )


def _by_annotation(reading: Reading, options: Options) -> Reading | None:
    """Segmentations, outlines or findings are labels where nothing else is."""
    if len(reading.masks) and options.task in (None, "segmentation"):
        return replace(reading, task="segmentation", label_name="DICOM segmentations")
    if len(reading.regions) and options.task in (None, "detection", "landmarks"):
        only_points = set(reading.regions["kind"]) == {"point"}
        return replace(reading, task="landmarks" if only_points else "detection", label_name="DICOM reports")
    if "finding" in reading.rows.columns and (reading.rows["finding"] != "").all():
        said = "Labels: the findings of the structured reports."
        return replace(
            reading,
            rows=reading.rows.assign(label=reading.rows["finding"]),
            label_name="finding in DICOM reports",
            sentences=(*reading.sentences, said),
        )
    return None


def _patients(rows: pd.DataFrame) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """PatientID is not believed when it is blank, or the same everywhere in several studies."""
    named = rows["patient"] != ""
    known = rows["patient"][named].nunique()
    if named.mean() < _LEAST_NAMED or (known == 1 and rows["study"].nunique() > 1):
        return rows.assign(patient=""), "none", ()
    patients = counted(known, "patient")
    said = f"Patients are those of PatientID in the DICOM headers, kept as pseudonyms: {patients}."
    return rows, "header", (said,)


def _leftovers(items: Items, sources: Sources) -> dict[str, tuple[str, ...]]:
    return {
        "damaged_header": tuple(f"{file} ({reason})" for file, reason in items.damaged.items()),
        "localiser": items.localisers,
        "without_pixels": items.without_pixels,
        "not_an_image": sources.others,
    }


def _why_none(items: Items) -> str:
    if items.damaged:
        file, reason = next(iter(items.damaged.items()))
        return (
            f"no DICOM image can be read ({counted(len(items.damaged), 'file')}; the first, {file}, {reason})"
        )
    return "the DICOM files hold no images (reports, documents or presentation states only)"


LAYOUT = Layout("a folder of DICOM files", recognise, read)
