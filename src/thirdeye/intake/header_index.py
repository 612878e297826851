"""Rows of a table that name DICOM files by what stands in their headers."""

from __future__ import annotations

import pandas as pd

from thirdeye.dicom.identity import read_identity
from thirdeye.intake.name_index import Matches, NameIndex
from thirdeye.intake.reference import as_path

_DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")
FILE_COLUMN = "dicom_file"


def is_dicom_name(reference: str) -> bool:
    """True for the usual endings of DICOM files, and for names without one."""
    name = reference.rsplit("/", 1)[-1].lower()
    return name.endswith(_DICOM_SUFFIXES) or "." not in name


def rows_by_header(table: pd.DataFrame, index: NameIndex) -> tuple[pd.DataFrame, str, Matches, str] | None:
    """Match a column with SOPInstanceUID, or else with PatientID (then one row for each of the files).

    Returns:
        The table with the column `FILE_COLUMN`, that column's name, its matches, and a sentence; None where
        the folder has no DICOM or no column fits.
    """
    files = [file for file in index.files if is_dicom_name(file)]
    if not files:
        return None
    identities = {file: read_identity(as_path(index.root, file)) for file in files}
    for keyword in ("sop_instance_uid", "patient_id"):
        known: dict[str, list[str]] = {}
        for file, identity in identities.items():
            value = getattr(identity, keyword) if identity else ""
            if value:
                known.setdefault(value, []).append(file)
        column = next((c for c in table.columns if _fits(table[c], known)), None)
        if column is not None:
            expanded = _expand(table, column, known)
            label = "SOPInstanceUID" if keyword == "sop_instance_uid" else "PatientID"
            sentence = f"Files were found by {label} in their DICOM headers (column '{column}')."
            return expanded, FILE_COLUMN, index.match(expanded[FILE_COLUMN]), sentence
    return None


def _fits(column: pd.Series, known: dict[str, list[str]]) -> bool:
    return bool(known) and column.isin(known).mean() >= 0.5


def _expand(table: pd.DataFrame, column: str, known: dict[str, list[str]]) -> pd.DataFrame:
    """One row for each file of a row's value; rows without a file keep their cell as its name."""
    files = [known.get(cell, [cell]) for cell in table[column]]
    return table.assign(**{FILE_COLUMN: files}).explode(FILE_COLUMN, ignore_index=True)
