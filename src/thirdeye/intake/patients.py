"""Who belongs to which patient: from a column, a header, a name, or nobody knows."""

from __future__ import annotations

import re
from dataclasses import replace

from thirdeye.dicom.identity import pseudonym, read_identity
from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.filename_patients import patients_by_expression, recognise_patients
from thirdeye.intake.folder_patients import patients_by_folder
from thirdeye.intake.header_index import is_dicom_name
from thirdeye.intake.options import Options
from thirdeye.intake.reading import CORE_COLUMNS, KEPT_TOGETHER, PatientOrigin, Reading
from thirdeye.intake.reference import as_path
from thirdeye.intake.words import listed, shown_name


def name_patients(reading: Reading, options: Options) -> Reading:
    """The reading with its column ``patient`` filled as far as anything is known.

    Raises:
        DataRefused: a table without patients, and nothing else names them.
        UsageError: `options.patient` does not fit the data.
    """
    if options.patient_is_image:
        return _every_image(reading)
    if reading.patient_origin in ("column", "folder") or (
        reading.patient_origin == "header" and options.patient is None
    ):
        return reading
    if options.patient is not None:
        return _by_option(reading, options.patient)
    for recognise in (_from_headers, _from_folders, _from_names, _from_cases):
        named = recognise(reading)
        if named is not None:
            return named
    if reading.can_name_patients:
        raise DataRefused(
            f"no column says which images are of one patient (columns: {listed(_own_columns(reading), 20)}); "
            "without that, images of one patient could be learnt from and tested on. Name the column with "
            "--patient COLUMN, or say --patient-is-image if every image is of another patient"
        )
    return reading


def _every_image(reading: Reading) -> Reading:
    rows = reading.rows.assign(patient=reading.rows["image"])
    told = [sentence for sentence in reading.sentences if not sentence.startswith(KEPT_TOGETHER)]
    return replace(
        reading,
        rows=rows,
        group="image",
        patient_origin="option",
        sentences=(*told, "Every image counts as a patient of its own, because you said so."),
    )


def _by_option(reading: Reading, expression: str) -> Reading:
    if reading.split_origin == "archive":
        raise UsageError(
            "--patient: an archive holds no patients; say --patient-is-image if none has two images"
        )
    named = patients_by_expression(list(reading.rows["image"]), expression)
    return _with(
        reading,
        named.patients,
        "option",
        f"Patients were taken from file paths by your expression {expression!r}",
    )


def _from_headers(reading: Reading) -> Reading | None:
    """PatientID of DICOM files, as a pseudonym; not believed when it is blank or the same everywhere."""
    images = list(reading.rows["image"])
    if reading.split_origin == "archive" or not images or not all(map(is_dicom_name, images)):
        return None
    identities = [read_identity(as_path(reading.root, image)) for image in images]
    patients = tuple(pseudonym(i.patient_id) if i and i.patient_id else "" for i in identities)
    if len(set(patients) - {""}) < 2 or sum(map(bool, patients)) < 0.5 * len(images):
        return None
    return _with(
        reading,
        patients,
        "header",
        "Patients are those of PatientID in the DICOM headers (kept as pseudonyms)",
    )


def _from_folders(reading: Reading) -> Reading | None:
    if reading.split_origin == "archive" or reading.can_name_patients:
        return None
    patients = patients_by_folder(list(reading.rows["image"]), list(reading.rows["label"]))
    if patients is None:
        return None
    return _with(
        reading, patients, "folder", f"Each folder below a class is a patient ('{shown_name(patients[0])}')"
    )


def _from_names(reading: Reading) -> Reading | None:
    if reading.split_origin == "archive":
        return None
    named = recognise_patients(list(reading.rows["image"]), list(reading.rows["label"]))
    if named is None or (reading.can_name_patients and not named.is_complete):
        return None
    file, patient = named.example
    sentence = f"Patients were recognised in file names ('{shown_name(file)}' is of {patient})"
    return _with(reading, named.patients, "file name", sentence)


_VISIT = re.compile(r"[_\-. ](?:mr|visit|ses|session|tp|scan)[_-]?[0-9]{1,2}$", re.IGNORECASE)


def _from_cases(reading: Reading) -> Reading | None:
    """Images of one case are of one patient; a visit at the end of a case's name is taken off."""
    cases = reading.rows["case"].astype(str)
    if (cases == reading.rows["image"]).all():
        return None
    patients = cases.str.replace(_VISIT, "", regex=True)
    first = next((c for c, p in zip(cases, patients, strict=True) if c != p), "")
    how = f"the visit at the end taken off, as in '{shown_name(first)}'" if first else "a patient of its own"
    return _with(
        reading,
        tuple(patients),
        "column" if reading.can_name_patients else "file name",
        f"Nothing names the patients; each case counts as a patient ({how})",
    )


def _with(reading: Reading, patients: tuple[str, ...], origin: PatientOrigin, sentence: str) -> Reading:
    known = len(set(patients) - {""})
    unknown = sum(not patient for patient in patients)
    tail = f"; {unknown:,} images name none and stand for themselves" if unknown else ""
    return replace(
        reading,
        rows=reading.rows.assign(patient=list(patients)),
        patient_origin=origin,
        sentences=(*reading.sentences, f"{sentence}: {known:,} patients{tail}."),
    )


def _own_columns(reading: Reading) -> list[str]:
    """Columns of the user's table, by the user's names."""
    own = [column for column in reading.rows.columns if column not in CORE_COLUMNS]
    return [column.removesuffix("_in_table") for column in own]
