"""`readers import`: readings from a table into the folder of a reader study, in one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import counted, listed
from thirdeye.journey.readers.columns import COLUMNS, recognised
from thirdeye.journey.readers.designing import DESIGN_FILE

READINGS_FILE = "readings.csv"
ONE_TEST = "reading"


@dataclass(frozen=True)
class Imported:
    """Readings that were brought into a study.

    Args:
        folder: of the study.
        readings: one row per reading, with the columns of `COLUMNS` that were there.
        sentences: what was understood, and what does not fit the design.
    """

    folder: Path
    readings: pd.DataFrame
    sentences: tuple[str, ...]


def import_readings(
    table: str | Path,
    study: str | Path,
    *,
    columns: dict[str, str] | None = None,
    truth: str | Path | None = None,
) -> Imported:
    """Read a table of readings, check it against the design, and write ``readings.csv``.

    Args:
        table: CSV, Excel or Parquet with one row per reading.
        study: folder of the reader study; need not hold a design.
        columns: name in `COLUMNS` to the table's own column, where it is not recognised.
        truth: table with the columns case and truth, where the readings don't say it.

    Raises:
        DataRefused: a column is missing, or a reading was made twice.
    """
    place = Study(Path(study))
    frame, sentences = read_readings(
        Path(table), columns=columns, truth=None if truth is None else Path(truth)
    )
    sentences += _against_design(place, frame)
    with place.writing(READINGS_FILE) as path:
        frame.to_csv(path, index=False, lineterminator="\n")
    return Imported(place.folder, frame, sentences)


def read_readings(
    path: Path, *, columns: dict[str, str] | None = None, truth: Path | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Readings in one form, and what was understood.

    Raises:
        DataRefused: as `import_readings`.
    """
    table = read_table(path)
    chosen = _recognise(table, columns or {}, path.name)
    frame = pd.DataFrame({name: table[column] for name, column in chosen.items()})
    if "test" not in frame:
        frame.insert(2, "test", ONE_TEST)
    if truth is not None:
        frame = _with_truth(frame, truth)
    if "truth" not in frame:
        raise DataRefused(
            f"{path.name} has no column 'truth'; give the reference standard with --truth TABLE"
        )
    for name in ("rating", "truth", "initial", "machine", "final", "seconds"):
        if name in frame:
            frame[name] = _numbers(frame, name, path.name)
    told = listed([f"{name} = {column}" for name, column in chosen.items() if name != column], 12)
    sentences = (
        f"{counted(len(frame), 'reading')} by {counted(frame['reader'].nunique(), 'reader')} of "
        f"{counted(frame['case'].nunique(), 'case')}{_tests(frame)}.",
    )
    return frame, (*sentences, f"Columns: {told}.") if told else sentences


def _tests(frame: pd.DataFrame) -> str:
    names = tuple(dict.fromkeys(frame["test"]))
    return "" if names == (ONE_TEST,) else f" with {listed(names, 6)}"


def _recognise(table: pd.DataFrame, given: dict[str, str], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in COLUMNS:
        if role in given:
            if given[role] not in table.columns:
                raise DataRefused(
                    f"{name} has no column '{given[role]}'; it has {listed(tuple(table.columns), 12)}"
                )
            found[role] = given[role]
            continue
        match = recognised(table.columns, role)
        if match is not None and match not in found.values():
            found[role] = match
    missing = [role for role in ("reader", "case") if role not in found]
    if not {"rating"} & set(found) and not {"initial", "final"} <= set(found):
        missing.append("rating")
    if missing:
        raise DataRefused(
            f"{name} has no column for {' and '.join(missing)}; it has {listed(tuple(table.columns), 12)}. "
            "Say which it is with --column"
        )
    return found


def _with_truth(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    table = read_table(path)
    chosen = _recognise_truth(table, path.name)
    known = dict(zip(table[chosen[0]], table[chosen[1]], strict=True))
    missing = sorted(set(frame["case"]) - set(known))
    if missing:
        raise DataRefused(
            f"{path.name} says nothing about {counted(len(missing), 'case')} that were read: "
            f"{listed(missing, 4)}"
        )
    return frame.assign(truth=[known[case] for case in frame["case"]])


def _recognise_truth(table: pd.DataFrame, name: str) -> tuple[str, str]:
    found = [recognised(table.columns, role) for role in ("case", "truth")]
    if found[0] is None or found[1] is None:
        raise DataRefused(
            f"{name} needs the columns case and truth; it has {listed(tuple(table.columns), 12)}"
        )
    return found[0], found[1]


def _numbers(frame: pd.DataFrame, column: str, name: str) -> Any:
    values = pd.to_numeric(frame[column], errors="coerce")
    wrong = values.isna() & (frame[column].astype(str) != "")
    if wrong.any():
        raise DataRefused(f"{name}: '{frame[column][wrong].iloc[0]}' in column '{column}' is not a number")
    return values


def _against_design(place: Study, frame: pd.DataFrame) -> tuple[str, ...]:
    """What is missing from, or foreign to, the design."""
    if not place.has(DESIGN_FILE):
        return ("The folder holds no design: completeness was not checked.",)
    design = place.read_json(DESIGN_FILE)
    told: list[str] = []
    for role in ("reader", "case"):
        planned, there = set(design[f"{role}s"]), set(frame[role])
        told += _difference(there - planned, role, "that the design does not name")
        told += _difference(planned - there, role, "of the design without any reading")
    return tuple(told) or ("Every reader and case of the design has readings.",)


def _difference(names: set[str], role: str, what: str) -> Sequence[str]:
    return [f"{counted(len(names), role)} {what}: {listed(sorted(names), 4)}."] if names else []
