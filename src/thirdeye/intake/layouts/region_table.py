"""A table of boxes or landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.annotated import annotated_reading
from thirdeye.intake.files import FoundFiles
from thirdeye.intake.layouts.layout import Layout
from thirdeye.intake.layouts.table_choice import tables_in, wants_classes
from thirdeye.intake.name_index import NameIndex
from thirdeye.intake.options import Options
from thirdeye.intake.reading import KEPT_TOGETHER, Reading
from thirdeye.intake.region_columns import has_regions
from thirdeye.intake.region_table import RegionTable, read_regions
from thirdeye.intake.regions import without_place
from thirdeye.intake.splits import split_name
from thirdeye.intake.table_file import TABLE_SUFFIXES, known_table
from thirdeye.intake.table_paths import files_of_table

_LOOKED_AT = 1000


def recognise(data: Path, options: Options) -> bool:
    """A table with columns of boxes or points that names images beside it."""
    if data.is_file() and data.suffix.lower() not in TABLE_SUFFIXES:
        return False
    there = _choose(data, options, most=_LOOKED_AT) is not None
    return there and not wants_classes(data if data.is_dir() else data.parent, options)


def read(data: Path, options: Options) -> Reading:
    """A row per image; further columns of the table stay with their image.

    Raises:
        DataRefused: no table with boxes or points names images.
    """
    chosen = _choose(data, options)
    if chosen is None:
        raise DataRefused(
            "no table with columns of boxes (xmin, ymin, xmax, ymax) or points (x0, y0, ...) names images "
            "that lie beside it"
        )
    root = data if data.is_dir() else data.parent
    found = files_of_table(data)
    roles, regions = chosen.roles, chosen.regions
    here = regions[regions["image"] != ""]
    references = pd.Series(list(roles.matches.references), index=roles.table.index)
    first = (
        roles.table.assign(image_=references)[references != ""].drop_duplicates("image_").set_index("image_")
    )
    if not found.images:  # the table names images elsewhere
        found = FoundFiles(tuple(first.index), (), ())
    lonely = roles.table[roles.image][(references == "") & (roles.table[roles.image] != "")]
    columns = _columns(first, chosen)
    reading = annotated_reading(
        root, found, here, annotated=set(first.index),
        task="landmarks" if set(regions["kind"]) == {"point"} else "detection",
        splits={i: split_name(v) or "" for i, v in first[roles.split].items()} if roles.split else None,
        split_origin="column" if roles.split else "folders",
        sentences=(*_named(chosen), *chosen.sentences),
        lonely=list(dict.fromkeys(map(without_place, lonely))),
        others=[file for file in found.others if file != roles.name], columns=columns,
    )  # fmt: skip
    return reading if not roles.patient else replace(reading, group=roles.patient, patient_origin="column")


def regions_beside(folder: Path, options: Options) -> RegionTable | None:
    """Boxes or points of a table directly in a folder of images with masks; None where there are none."""
    try:
        return _choose(folder, options)
    except DataRefused:
        return None


def _choose(data: Path, options: Options, *, most: int | None = None) -> RegionTable | None:
    """The table whose rows have most of their files; of each only the first `most` rows are looked at."""
    root = data if data.is_dir() else data.parent
    tables = {path.name: table for path in tables_in(root) if (table := _table(path)) is not None}
    asked = [name for name in tables if data.is_dir() or name == data.name]
    if not any(has_regions(tables[name].columns) for name in asked):
        return None
    index = NameIndex(root, files_of_table(data).images, stay_inside=data.is_dir())
    understood = [
        chosen
        for name in asked
        if (
            chosen := read_regions(
                name, tables[name].head(most or len(tables[name])), index, options, _without(tables, name)
            )
        )
    ]
    return max(understood, key=lambda chosen: chosen.roles.matches.share, default=None)


def _without(tables: Mapping[str, pd.DataFrame], name: str) -> list[pd.DataFrame]:
    return [table for other, table in tables.items() if other != name]


def _table(path: Path) -> pd.DataFrame | None:
    try:
        return known_table(path)
    except DataRefused:
        return None


def _columns(first: pd.DataFrame, chosen: RegionTable) -> dict[str, dict[str, str]]:
    """Further columns by image, the patient's and the site's under the names of the collection."""
    roles = chosen.roles
    taken = {roles.image, roles.patient, roles.split, roles.site, *chosen.used}
    reserved = {"image", "case", "patient", "label", "split", "site", "annotated"}
    columns = {
        (f"{column}_in_table" if column in reserved else str(column)): dict(first[column])
        for column in first.columns
        if column not in taken
    }
    for name, column in (("patient", roles.patient), ("site", roles.site)):
        if column:
            columns[name] = dict(first[column])
    return columns


def _named(chosen: RegionTable) -> tuple[str, ...]:
    roles = chosen.roles
    said = [
        f"{roles.name} names {len(set(roles.matches.references) - {''}):,} images (column '{roles.image}')."
    ]
    if roles.patient:
        said.append(f"{KEPT_TOGETHER} '{roles.patient}'.")
    return (*roles.sentences, *said)


LAYOUT = Layout("a table of boxes or landmarks", recognise, read)
