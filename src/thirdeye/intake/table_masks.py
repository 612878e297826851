"""A table whose rows name an image and its mask."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from thirdeye.errors import DataRefused
from thirdeye.intake.collection import MASK_COLUMNS
from thirdeye.intake.fix_annotations import MASK_VALUES, values_of
from thirdeye.intake.reading import CORE_COLUMNS, Reading, core_rows
from thirdeye.intake.reference import as_path, is_elsewhere
from thirdeye.intake.splits import split_name
from thirdeye.intake.table_roles import TableRoles
from thirdeye.intake.words import counted, shown_name

MASK = "mask"
_USED = frozenset([*CORE_COLUMNS, MASK, "mask_name", "annotator", MASK_VALUES])


def names_masks(roles: TableRoles) -> bool:
    """Whether a table without labels has a column of masks."""
    return roles.labels is None and MASK in roles.table.columns


def masked_reading(root: Path, roles: TableRoles) -> Reading:
    """A row per image, and its masks; masks that are not there are left out.

    Args:
        root: folder of the table.
        roles: its columns.

    Raises:
        DataRefused: a mask lies outside the folder of the table; no image, or no mask, that it names is
            there.
    """
    table = roles.table.assign(image=list(roles.matches.references))
    table = table[table["image"] != ""]
    _refuse_without_images(table, roles)
    _refuse_elsewhere(table[MASK], roles.name)
    images = table.drop_duplicates("image")
    core = {"image": list(images["image"])}
    for name, column in (("patient", roles.patient), ("site", roles.site)):
        if column:
            core[name] = list(images[column])
    if roles.split:
        core["split"] = [split_name(value) or "" for value in images[roles.split]]
    others = images[[c for c in images.columns if c not in {*_USED, roles.image}]].reset_index(drop=True)
    there = _with_masks(root, table, roles.name)
    masks = pd.DataFrame(
        {
            "image": list(there["image"]),
            "mask": list(there[MASK]),
            "name": list(there["mask_name"]) if "mask_name" in there else "",
            "annotator": list(there["annotator"]) if "annotator" in there else "",
        },
        columns=list(MASK_COLUMNS),
        dtype=object,
    )
    return Reading(
        root=root,
        rows=pd.concat([core_rows(core), others], axis=1),
        label_name=MASK,
        task="segmentation",
        group=roles.patient or "patient",
        patient_origin="column" if roles.patient else "none",
        split_origin="column" if roles.split else "none",
        sentences=(
            *roles.sentences,
            f"{roles.name} names {counted(len(images), 'image')} and {counted(len(masks), 'mask')} "
            f"(columns '{roles.image}' and '{MASK}').",
        ),
        masks=masks,
        mask_values=values_of(table[MASK_VALUES].iloc[0]) if MASK_VALUES in table and len(table) else {},
    )


def _with_masks(root: Path, table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows whose mask is there."""
    named = table[table[MASK] != ""]
    there = named[[as_path(root, mask).is_file() for mask in named[MASK]]] if len(named) else named
    if there.empty:
        said = f"{counted(len(named), 'mask')}, none of which is there" if len(named) else "no mask"
        first = f", the first is '{shown_name(named[MASK].iloc[0])}'" if len(named) else ""
        raise DataRefused(
            f"{name} names {said}{first}; name masks from the folder of the table in the column '{MASK}', or "
            "leave that column out"
        )
    return there


def _refuse_without_images(table: pd.DataFrame, roles: TableRoles) -> None:
    if table.empty:
        first = roles.table[roles.image].iloc[0]
        raise DataRefused(
            f"no file that {roles.name} names in its column '{roles.image}' is an image that is there, the "
            f"first is '{shown_name(first)}'; name the column of images with --image-column"
        )


def _refuse_elsewhere(masks: pd.Series, name: str) -> None:
    strange = next((mask for mask in masks if is_elsewhere(mask)), None)
    if strange is not None:
        raise DataRefused(
            f"{name} names the mask '{shown_name(strange)}', which lies outside its folder; put the table "
            "beside or above the masks, and name them from there"
        )
