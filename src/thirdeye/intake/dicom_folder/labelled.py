"""Labels of a DICOM folder from a table that lies in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from thirdeye.dicom.identity import pseudonym
from thirdeye.errors import DataRefused
from thirdeye.intake.dicom_folder.items import ImageItem, conflicting_cases
from thirdeye.intake.dicom_folder.join import REFERENCE_COLUMN, Join, join
from thirdeye.intake.dicom_folder.sources import Sources
from thirdeye.intake.files import FoundFiles
from thirdeye.intake.name_index import Matches
from thirdeye.intake.options import Options
from thirdeye.intake.reading import Reading
from thirdeye.intake.table_file import read_table
from thirdeye.intake.table_roles import roles_around
from thirdeye.intake.table_rows import table_reading
from thirdeye.intake.words import counted, listed


def labelled_by_table(
    reading: Reading, items: Sequence[ImageItem], sources: Sources, options: Options
) -> Reading | None:
    """The reading with the labels, splits and further columns of a table; None where no table is there.

    Raises:
        DataRefused: several tables name the images equally well, or none does; no column is a label.
        UsageError: an option names a column that is not there.
    """
    found = [
        (path, table, joined) for path, table, joined in _joins(items, sources.tables, options) if joined
    ]
    if not found:
        if sources.tables and not options.labels_optional:
            _refuse(sources.tables, items)
        return None
    path, table, joined = max(found, key=lambda one: one[2].covered if one[2] else 0)
    if joined is None:
        return None
    return _read(reading, items, path, table, joined, options)


def _joins(
    items: Sequence[ImageItem], paths: Sequence[Path], options: Options
) -> list[tuple[Path, pd.DataFrame, Join | None]]:
    tables = [(path, read_table(path)) for path in paths]
    return [(path, table, join(table, items, _named(options, table))) for path, table in tables]


def _named(options: Options, table: pd.DataFrame) -> str | None:
    return options.image_column if options.image_column in table.columns else None


def _refuse(tables: Sequence[Path], items: Sequence[ImageItem]) -> None:
    names = listed([path.name for path in tables])
    raise DataRefused(
        f"no column of {names} names these {counted(len(items), 'DICOM image')}; expected a column with the "
        "file, SOP instance UID, series UID, study UID, accession number or patient ID of each "
        "(name it with --image-column)"
    )


def _read(
    reading: Reading,
    items: Sequence[ImageItem],
    path: Path,
    table: pd.DataFrame,
    joined: Join,
    options: Options,
) -> Reading:
    long = table.assign(**{REFERENCE_COLUMN: [list(row) or [""] for row in joined.references]})
    long = long.explode(REFERENCE_COLUMN, ignore_index=True)
    matches = Matches(tuple(long[REFERENCE_COLUMN]), (), 1.0)
    said = f"Images were found by {joined.kind.title} (column '{joined.column}' of {path.name})."
    roles = roles_around(
        path.name, _without_ids(long, joined, options), REFERENCE_COLUMN, matches, (said,), options
    )
    images = FoundFiles(tuple(item.reference for item in items), (), ())
    labelled = table_reading(reading.root, roles, images, options)
    rows = _merged(labelled.rows, reading.rows, by_column=labelled.patient_origin == "column")
    if labelled.group in joined.identifying:
        rows["patient"] = [pseudonym(value) if value else "" for value in rows["patient"]]
    if joined.kind.is_of_image or conflicting_cases(rows):
        rows["case"] = rows["image"]
    return replace(
        labelled,
        rows=rows,
        masks=reading.masks,
        regions=reading.regions,
        patient_origin=labelled.patient_origin
        if labelled.patient_origin != "none"
        else reading.patient_origin,
        sentences=(*reading.sentences, *(s for s in labelled.sentences if REFERENCE_COLUMN not in s)),
        leftovers={**reading.leftovers, **_kept(labelled, joined, table)},
    )


def _without_ids(table: pd.DataFrame, joined: Join, options: Options) -> pd.DataFrame:
    """Columns of identifiers don't go into the rows, except as pseudonyms of the patient."""
    dropped = [c for c in joined.identifying if c != options.patient]
    return table.drop(columns=[c for c in dropped if c != REFERENCE_COLUMN])


def _merged(labelled: pd.DataFrame, headers: pd.DataFrame, *, by_column: bool) -> pd.DataFrame:
    """Rows of the table with the columns of the headers; the table's word counts where both have one."""
    header = headers.set_index("image")
    rows = labelled.drop(columns=[REFERENCE_COLUMN], errors="ignore").copy()
    rows["case"] = list(header["case"].reindex(rows["image"]))
    if not by_column:
        rows["patient"] = list(header["patient"].reindex(rows["image"]))
    for name in header.columns:
        told = list(header[name].reindex(rows["image"]))
        if name not in rows.columns:
            rows[name] = pd.Series(told, dtype=object, index=rows.index)
        elif name == "site":
            rows[name] = [own or other for own, other in zip(rows[name], told, strict=True)]
    return rows


def _kept(labelled: Reading, joined: Join, table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Leftovers of the table; a row without an image is told by its number, because its cell may identify."""
    lost = [number for number, row in enumerate(joined.references, 2) if not row]
    return {
        "row_without_file": tuple(
            f"row {number}" for number in lost if table[joined.column].iloc[number - 2]
        ),
        **{
            kind: names
            for kind, names in labelled.leftovers.items()
            if kind in ("row_without_label", "repeated_row", "file_without_row")
        },
    }
