"""A table of volumes, one row a scan, as the cases of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.volume import Volume
from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.evaluation.columns import kind_of, sex
from thirdeye.intake.columns import Role
from thirdeye.intake.pixels import load
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed
from thirdeye.recipes.learning.table import DESCRIBING, classes_of, numbers, plain_name, role_of, table_in
from thirdeye.recipes.system import Cases, Known
from thirdeye.training.volumes.patches import GREY

VOLUME_OPTIONS = ("image_column", "label_column", "patient", "split_column", "site_column")
ROLES: tuple[Role, ...] = ("image", "patient", "label", "split", "site")
BLOCKS = 5  # along each axis, for the traditional technique
MALE = {"male": 1.0, "female": 0.0}


def open_volumes(
    data: Path, *, contrast: Sequence[str], clinical: Sequence[str], smaller: int, options: Mapping[str, Any]
) -> Cases:
    """The cases of a table that names volumes; all in one space, the skull taken off, 0 outside of the brain.

    Arrays: "volumes" (n, D, H, W) bytes (see `thirdeye.training.volumes.patches.Grey`) and "clinical" (n,
    C), NaN where nothing is recorded.

    Args:
        data: folder with one table and the volumes, or the table.
        contrast: classes in output order, see `classes_of`; the second is what the risk is of.
        clinical: columns of numbers (or of sex) that are told beside the volume; those that are missing in
            the table are left out.
        smaller: voxels along each axis that become one; 1 keeps them.
        options: of intake, those of `VOLUME_OPTIONS`.

    Raises:
        DataRefused: no table, column or label, other than two classes, or volumes of several sides.
        UnreadableFile: a volume is damaged, or is none.
    """
    path = table_in(data)
    table = read_table(path)
    roles = _roles(path, table, options)
    classes, of_label = classes_of(contrast, sorted(set(table[roles["label"]]) - {""}))
    if len(classes) != 2:
        raise DataRefused(f"a risk is of one class against another; got {listed(list(classes))}")
    label = table[roles["label"]].map(of_label).fillna("")
    table = table.assign(**{roles["label"]: label})[label != ""].reset_index(drop=True)
    known = [name for name in table.columns if plain_name(name) in {plain_name(one) for one in clinical}]
    rows = _rows(table, roles)
    volumes = _volumes(path.parent, rows["image"].tolist(), smaller)
    return Cases(
        rows=rows, arrays={"volumes": volumes, "clinical": _clinical(table, known)}, classes=classes,
        task="binary", positive=classes[1], simple=blocks(volumes), inputs={
            "clinical": known, "sides": [int(side) for side in volumes.shape[1:]], "smaller": smaller,
        },
        simple_is=f"the mean brightness of {BLOCKS} x {BLOCKS} x {BLOCKS} blocks and its spread in each",
        understood=(
            f"{len(rows)} volumes of {' x '.join(map(str, volumes.shape[1:]))} voxels of "
            f"{rows['patient'].nunique()} patients; classes {listed(list(classes))}.",
            f"Beside the volume: {listed(known)}." if known else "Nothing is recorded beside the volume.",
        ),
    )  # fmt: skip


def volumes_to_read(data: Path, known: Known, options: Mapping[str, Any]) -> Cases:
    """New volumes that a table names, with the same sides; they need no label. Raises as `open_volumes`."""
    path = table_in(data)
    table = read_table(path)
    roles = _roles(path, table, options, labelled=False)
    lacking = [name for name in known.inputs["clinical"] if name not in table.columns]
    table = table.assign(**dict.fromkeys(lacking, ""))
    rows = _rows(table, roles).assign(label="")
    volumes = _volumes(path.parent, rows["image"].tolist(), int(known.inputs["smaller"]))
    sides = tuple(known.inputs["sides"])
    if volumes.shape[1:] != sides:
        raise DataRefused(f"expected volumes of {sides} voxels, as were learnt from; got {volumes.shape[1:]}")
    arrays: dict[str, NDArray[Any]] = {
        "volumes": volumes,
        "clinical": _clinical(table, known.inputs["clinical"]),
    }
    return Cases(rows, arrays, known.classes, known.task, known.positive, blocks(volumes), "")


def packed(voxels: NDArray[Any], smaller: int) -> NDArray[np.uint8]:
    """A volume as bytes: mean 0 and spread 1 over the brain, cut, background at the lower end.

    Args:
        voxels: (D, H, W), 0 outside of the brain.
        smaller: voxels along each axis that become one.
    """
    values = np.asarray(voxels, dtype=np.float32)
    if smaller > 1:
        whole = tuple(slice(0, side - side % smaller) for side in values.shape)
        d, h, w = (side // smaller for side in values.shape)
        values = values[whole].reshape(d, smaller, h, smaller, w, smaller).mean(axis=(1, 3, 5))
    brain = values > 0
    if not brain.any():
        return np.zeros(values.shape, dtype=np.uint8)
    middle, spread = float(values[brain].mean()), float(values[brain].std()) or 1.0
    return GREY.packed(np.where(brain, (values - middle) / spread, GREY.low))


def blocks(volumes: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 2 * 125): mean and spread of each block of the volumes."""
    found = []
    for volume in volumes:
        parts = [
            cube
            for slab in np.array_split(volume, BLOCKS, axis=0)
            for bar in np.array_split(slab, BLOCKS, axis=1)
            for cube in np.array_split(bar, BLOCKS, axis=2)
        ]
        found.append([*(float(one.mean()) for one in parts), *(float(one.std()) for one in parts)])
    return np.asarray(found)


def _roles(
    path: Path, table: pd.DataFrame, options: Mapping[str, Any], *, labelled: bool = True
) -> dict[Role, Any]:
    columns = [str(name) for name in table.columns]
    roles = {role: role_of(columns, role, options) for role in ROLES}
    needed: tuple[Role, ...] = ("image", "label") if labelled else ("image",)
    for role in needed:
        if roles[role] is None:
            raise DataRefused(
                f"the table {path.name} has no column of {role}s; it needs one that names a volume and one "
                f"with the diagnosis; name it with --{role}-column"
            )
    return roles


def _rows(table: pd.DataFrame, roles: Mapping[Role, Any]) -> pd.DataFrame:
    def texts(role: Role) -> list[str]:
        return [""] * len(table) if roles[role] is None else [str(value) for value in table[roles[role]]]

    image = texts("image")
    who = [name or file for name, file in zip(texts("patient"), image, strict=True)]
    split = [text if text in ("train", "validation", "test") else "" for text in texts("split")]
    describing = [c for c in table.columns if c not in roles.values() and kind_of(c) in DESCRIBING]
    base = {"image": image, "case": image, "patient": who, "label": texts("label"), "split": split}
    return pd.DataFrame({**base, "site": texts("site"), **{c: table[c].astype(str) for c in describing}})


def _volumes(root: Path, names: Sequence[str], smaller: int) -> NDArray[np.uint8]:
    found: list[NDArray[np.uint8]] = []
    for name in names:
        item = load(root, name)
        if not isinstance(item, Volume) or item.voxels.ndim != 3:
            raise UnreadableFile(name, "is no volume of one channel; this system reads volumes in one space")
        found.append(packed(item.voxels, smaller))
        if found[-1].shape != found[0].shape:
            raise DataRefused(
                f"{name} has {found[-1].shape} voxels and {names[0]} {found[0].shape}: bring all volumes "
                "into one space (registration to a template) and take the skull off first"
            )
    return np.stack(found)


def _clinical(table: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """(n, C): sex as 1 for male and 0 for female."""
    columns = [
        np.asarray([MALE.get(sex(str(value)), np.nan) for value in table[name]])
        if kind_of(name) == "sex"
        else numbers(table[name])
        for name in names
    ]
    return np.column_stack(columns) if columns else np.zeros((len(table), 0))
