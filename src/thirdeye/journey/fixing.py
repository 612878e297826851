"""`check --fix`: a new table of cases with what a machine can correct."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.intake.fix_annotations import with_annotations
from thirdeye.intake.fix_table import FixedTable, fixed_table
from thirdeye.intake.reference import as_path, as_reference, split_selector
from thirdeye.intake.table_file import TABLE_SUFFIXES
from thirdeye.intake.words import shown_name
from thirdeye.journey.results import Checked


@dataclass(frozen=True)
class Fixed:
    """A new table.

    Args:
        table: what was changed.
        path: where it was written; None after a rehearsal.
        header_patients: whether patients' numbers of the files' headers were replaced by "patient 1", ...
    """

    table: FixedTable
    path: Path | None
    header_patients: bool = False


def fix(checked: Checked, data: str | Path, table: str | Path, *, dry_run: bool = False) -> Fixed:
    """Write the table of cases with the changes that the findings propose; the data are never touched.

    Images are named relative to the new table, so both can move together. Patients known from file headers
    only are numbered, so that no header leaves the data.

    Args:
        checked: a dataset that was put on trial.
        data: what was given as DATA.
        table: the new file, ``.csv``; must not exist, nor lie inside the data.
        dry_run: only say what would be done.

    Raises:
        UsageError: the place does not fit, or the images are no files that a table can name.
        StageFailed: the file cannot be written.
    """
    target = Path(table)
    refuse_target(target, Path(data))
    collection = checked.collection
    if collection.root.is_file() or _is_packed(Path(data)):
        raise UsageError(
            f"the images lie inside '{shown_name(Path(data).name)}', where a table cannot name them; unpack "
            "them into folders first"
        )
    found = fixed_table(collection.rows, checked.examination.findings)
    rows = with_annotations(found.rows, collection)
    alone = bool((rows["case"] == rows["image"]).all())
    rows = rows.assign(image=[_from_table(collection.root, image, target) for image in rows["image"]])
    if "mask" in rows and collection.task == "segmentation":
        rows["mask"] = [mask and _from_table(collection.root, mask, target) for mask in rows["mask"]]
    if alone:
        rows = rows.assign(case=rows["image"])
    if collection.group == "image":  # an assumption of the user's does not become a fact of a table
        rows = rows.assign(patient="")
    by_header = collection.patient_origin == "header"
    if by_header:
        numbers = {name: f"patient {i}" for i, name in enumerate(dict.fromkeys(rows["patient"]), 1) if name}
        rows = rows.assign(patient=rows["patient"].map(lambda name: numbers.get(name, "")))
    found = FixedTable(rows, found.done, found.overruled, found.left_out)
    if dry_run:
        return Fixed(found, None, by_header)
    text = rows.to_csv(index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
    Study(target.parent).write_text(target.name, text)
    return Fixed(found, target, by_header)


def refuse_target(target: Path, data: Path) -> None:
    """Refuse a place for the new table before the long work begins.

    Raises:
        UsageError: not a CSV name, there already, inside the data, or in a folder that cannot be written.
    """
    if target.suffix.lower() != ".csv":
        raise UsageError(f"--fix writes a CSV table; give it a name that ends in .csv, not '{target.name}'")
    if target.exists() or target.is_symlink():
        raise UsageError(f"'{target}' is there already and is not overwritten; give --fix another name")
    if data.is_dir() and target.resolve().is_relative_to(data.resolve()):
        raise UsageError(f"'{target}' lies inside the data, which are never touched; write it beside them")
    above = next(folder for folder in target.absolute().parents if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise UsageError(f"nothing can be written into '{above}'; give --fix a name in another folder")


def _is_packed(data: Path) -> bool:
    return data.is_file() and data.suffix.lower() not in TABLE_SUFFIXES


def _from_table(root: Path, reference: str, table: Path) -> str:
    """An image relative to the folder of the table, its selector kept."""
    selector = split_selector(reference)[1]
    place = os.path.relpath(as_path(root, reference).absolute(), table.absolute().parent)
    name = as_reference(place.replace(os.sep, "/"))
    return f"{name}#{selector}" if selector else name
