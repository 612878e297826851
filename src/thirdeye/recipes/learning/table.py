"""A table of measurements, one row a patient, as the cases of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.columns import kind_of
from thirdeye.intake.columns import Role, candidates
from thirdeye.intake.table_file import TABLE_SUFFIXES, read_table
from thirdeye.intake.words import listed
from thirdeye.recipes.system import Cases, Known

ROLES: tuple[Role, ...] = ("patient", "label", "split", "site")
TABLE_OPTIONS = ("label_column", "patient", "split_column", "site_column")
DESCRIBING = ("age", "sex", "site", "group")  # columns that tell of the person, kept beside the measurements
NUMERIC = 0.9  # of the cells that hold something must be numbers
FEWEST = 2  # measurements


@dataclass(frozen=True)
class Measured:
    """What a table holds.

    Args:
        rows: bookkeeping and columns that tell of the person, as text.
        measurements: (n, D), NaN where a cell is empty.
        names: of the measurements.
        scores: name to (n,) numbers, NaN where a cell is empty.
    """

    rows: pd.DataFrame
    measurements: NDArray[np.float64]
    names: tuple[str, ...]
    scores: Mapping[str, NDArray[np.float64]]


def open_table(
    data: Path, *, contrast: Sequence[str], scores: Sequence[str], options: Mapping[str, Any]
) -> Cases:
    """The cases of a table; arrays "measurements" (n, D), and "score:NAME" (n,) for each score that it has.

    Args:
        data: table, or folder with one.
        contrast: classes in output order, each the name of a label or "NAME=A+B" for labels taken together;
            () takes every label as a class of its own. Rows with other labels stay outside.
        scores: columns that are to be learnt beside the class, and are no measurements.
        options: of intake, those of `TABLE_OPTIONS`.

    Raises:
        DataRefused: there is no such table, no label, or no measurement.
        UsageError: a column is not there.
    """
    path = table_in(data)
    found = measured(read_table(path), path.name, scores, options)
    classes, names = classes_of(contrast, sorted(set(found.rows["label"]) - {""}))
    label = found.rows["label"].map(names).fillna("")
    inside = np.flatnonzero(label.to_numpy() != "")
    first = ~found.rows.iloc[inside]["patient"].duplicated().to_numpy()
    chosen = inside[first]
    rows = found.rows.assign(label=label).iloc[chosen].reset_index(drop=True)
    simple = with_gaps(found.measurements[chosen])
    repeated = int((~first).sum())
    return Cases(
        rows=rows,
        arrays={
            "measurements": found.measurements[chosen],
            **{f"score:{name}": values[chosen] for name, values in found.scores.items()},
        },
        classes=classes,
        task="binary" if len(classes) == 2 else "multiclass",
        positive=classes[1] if len(classes) == 2 else None,
        simple=simple,
        simple_is="the measurements as they are",
        understood=_understood(path.name, found, rows, classes, repeated),
        inputs={"measurements": list(found.names)},
    )


def table_to_read(data: Path, known: Known, options: Mapping[str, Any]) -> Cases:
    """New rows of a table with the measurements that were learnt from; they need no label.

    Raises:
        DataRefused: there is no such table, or it lacks one of the measurements.
    """
    path = table_in(data)
    table = read_table(path)
    names = [str(name) for name in known.inputs["measurements"]]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise DataRefused(
            f"the table {path.name} lacks {len(missing)} of the {len(names)} measurements that were learnt "
            f"from: {listed(missing, 5)}"
        )
    patient = _texts(table, role_of(list(table.columns), "patient", options))
    line = [f"{path.name}:{number + 2}" for number in range(len(table))]
    blank = [""] * len(table)
    who = [name or where for name, where in zip(patient, line, strict=True)]
    rows = pd.DataFrame(
        {"image": line, "case": who, "patient": who, "label": blank, "split": blank, "site": blank}
    )
    values = np.column_stack([numbers(table[name]) for name in names])
    return Cases(rows, {"measurements": values}, known.classes, known.task, known.positive, values, "")


def table_in(data: Path) -> Path:
    """The table that DATA is, or holds.

    Raises:
        DataRefused: there is none, or more than one.
    """
    if data.is_file():
        return data
    if not data.exists():
        raise UsageError(f"there is no file or folder '{data}'")
    found = sorted(path for path in data.iterdir() if path.suffix.lower() in TABLE_SUFFIXES)
    if len(found) != 1:
        said = f"{len(found)} tables ({listed([path.name for path in found])})" if found else "no table"
        raise DataRefused(f"expected one table of measurements in '{data.name}', found {said}; name it")
    return found[0]


def measured(table: pd.DataFrame, name: str, scores: Sequence[str], options: Mapping[str, Any]) -> Measured:
    """What the columns of a table are; raises as `open_table`."""
    columns = [str(column) for column in table.columns]
    roles = {role: role_of(columns, role, options) for role in ROLES}
    if roles["label"] is None:
        raise DataRefused(f"the table {name} has no column of labels; name it with --label-column")
    asked = {plain_name(one): one for one in scores}
    taken = {column for column in roles.values() if column is not None}
    told = {
        asked[plain_name(c)]: numbers(table[c]) for c in columns if plain_name(c) in asked and c not in taken
    }
    describing = [c for c in columns if c not in taken and kind_of(c) in DESCRIBING]
    own = [c for c in columns if c not in {*taken, *describing} and plain_name(c) not in asked]
    features = {c: numbers(table[c]) for c in own if _is_measurement(table[c])}
    if len(features) < FEWEST:
        raise DataRefused(
            f"the table {name} has {len(features)} columns of measurements; at least {FEWEST} are needed"
        )
    line = [f"{name}:{number + 2}" for number in range(len(table))]
    patient = _texts(table, roles["patient"])
    rows = pd.DataFrame(
        {
            "image": line,
            "case": line,
            "patient": [who or where for who, where in zip(patient, line, strict=True)],
            "label": _texts(table, roles["label"]),
            "split": _splits(table, roles["split"]),
            "site": _texts(table, roles["site"]),
            **{column: table[column].astype(str) for column in describing},
        }
    )
    return Measured(rows, np.column_stack(list(features.values())), tuple(features), told)


def classes_of(contrast: Sequence[str], labels: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Classes in output order, and the class of each label.

    Raises:
        DataRefused: fewer than two classes, or a label that no row has.
    """
    named = [one.partition("=") for one in (contrast or labels)]
    parts = {name: (members or name).split("+") for name, _, members in named}
    missing = [label for members in parts.values() for label in members if label not in labels]
    if missing:
        raise DataRefused(
            f"no row has the label '{missing[0]}'; there are {listed(list(labels), 20)}. Say what is to be "
            "told apart with --set contrast=A,B (NAME=A+B takes labels together)"
        )
    if len(parts) < 2:
        raise DataRefused(f"at least two classes are needed, found {listed(list(parts))}")
    return tuple(parts), {label: name for name, members in parts.items() for label in members}


def with_gaps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, D + gaps): missing numbers as 0, and for each column that has some whether it is missing."""
    missing = ~np.isfinite(values)
    return np.column_stack([np.where(missing, 0.0, values), missing[:, missing.any(axis=0)]])


def plain_name(column: str) -> str:
    """A column's name without case and signs: "ADAS-Cog" and "adas_cog" are one."""
    return "".join(letter for letter in column.lower() if letter.isalnum())


def role_of(columns: Sequence[str], role: Role, options: Mapping[str, Any]) -> str | None:
    """The column that plays a part, as an option names it, else by its name; None where there is none.

    Raises:
        UsageError: the option names a column that is not there.
    """
    option = "patient" if role == "patient" else f"{role}_column"
    asked = options.get(option)
    if asked is not None and asked not in columns:
        raise UsageError(f"--{option.replace('_', '-')} {asked}: the table has no such column")
    found = candidates(columns, role)
    return asked or (found[0] if found else None)


def _texts(table: pd.DataFrame, column: str | None) -> list[str]:
    return [""] * len(table) if column is None else [str(value) for value in table[column]]


def _splits(table: pd.DataFrame, column: str | None) -> list[str]:
    known = {
        "train": "train",
        "training": "train",
        "val": "validation",
        "validation": "validation",
        "test": "test",
    }
    return [known.get(value.lower(), "") for value in _texts(table, column)]


def numbers(values: pd.Series) -> NDArray[np.float64]:
    """(n,) numbers of a column of texts, NaN where there is none."""
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)


def _is_measurement(values: pd.Series) -> bool:
    """Whether a column holds numbers that differ."""
    found, said = numbers(values), int((values.astype(str) != "").sum())
    finite = found[np.isfinite(found)]
    return said > 0 and len(finite) >= NUMERIC * said and float(np.ptp(finite)) > 0


def _understood(
    name: str, found: Measured, rows: pd.DataFrame, classes: Sequence[str], repeated: int
) -> tuple[str, ...]:
    counts = ", ".join(f"{one} ({int((rows['label'] == one).sum())})" for one in classes)
    said = [
        f"The table {name}: {len(rows)} patients with {len(found.names)} measurements each; classes "
        f"{counts}.",
        f"Learnt beside the class: {listed(list(found.scores))}." if found.scores else "",
        f"Of patients with several rows the first counts; {repeated} further rows are left aside."
        if repeated
        else "",
        f"{len(found.rows) - len(rows) - repeated} rows with other labels are left aside."
        if len(found.rows) - len(rows) - repeated
        else "",
    ]
    return tuple(filter(None, said))
