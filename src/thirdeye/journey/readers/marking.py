"""Free-response readings: tables of marks and of lesions, matched by name or by place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from thirdeye.case.study import Study
from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.free_response_study import FreeResponse
from thirdeye.evaluation.readers.marks import Marks, marks_of
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import counted, listed
from thirdeye.journey.readers.columns import MARK_COLUMNS, recognised_in

MARKS_FILE, LESIONS_FILE = "marks.csv", "lesions.csv"
ONE_TEST = "reading"
_AXES = ("x", "y", "z")
_NO_LESION = {"", "nl", "non-lesion", "nonlesion", "none", "false", "fp", "no lesion"}


@dataclass(frozen=True)
class ReadMarks:
    """Marks in one form.

    Args:
        study: tests, readers and cases with their marks.
        marks: one row per mark: reader, case, test, lesion ("" where it hit none), rating.
        lesions: one row per lesion: case, lesion, weight; healthy cases have one row with lesion "".
        sentences: what was understood.
    """

    study: FreeResponse
    marks: pd.DataFrame
    lesions: pd.DataFrame
    sentences: tuple[str, ...]


def import_marks(
    table: str | Path, lesions: str | Path, study: str | Path, *, columns: dict[str, str] | None = None,
    distance: float | None = None,
) -> ReadMarks:  # fmt: skip
    """Read marks and lesions and write ``marks.csv`` and ``lesions.csv`` into the folder of a reader study.

    Args:
        table: one row per mark: reader, case, rating, and the lesion that it hit or the place x, y (z).
        lesions: one row per lesion (case, lesion, optionally weight, x, y, z, radius), and one row with an
            empty lesion for each healthy case.
        study: folder of the reader study.
        columns: role to the table's own column, where it is not recognised.
        distance: largest distance of a mark from a lesion's centre that counts as a hit, in the units of x
            and y; the lesions' own radius where it is None.

    Raises:
        DataRefused: a column is missing, or a mark names a case or lesion that does not exist.
    """
    found = read_marks(Path(table), Path(lesions), columns=columns, distance=distance)
    place = Study(Path(study))
    for name, frame in ((MARKS_FILE, found.marks), (LESIONS_FILE, found.lesions)):
        with place.writing(name) as path:
            frame.to_csv(path, index=False, lineterminator="\n")
    return found


def read_marks(
    table: Path, lesions: Path, *, columns: dict[str, str] | None = None, distance: float | None = None
) -> ReadMarks:
    """Marks and lesions in one form, and what was understood.

    Raises:
        DataRefused: as `import_marks`.
    """
    if distance is not None and not (np.isfinite(distance) and distance > 0):
        raise UsageError(f"a distance lies above 0, got {distance}")
    known = _lesions(lesions)
    marks = _in_form(read_table(table), table.name, columns or {})
    marks, told = _hits(marks, known, table.name, distance)
    study = _study(marks, known)
    hits = int((marks["lesion"] != "").sum())
    sentences = (
        f"{counted(len(marks), 'mark')} by {counted(len(study.readers), 'reader')} on "
        f"{counted(len(study.cases), 'case')}, {int(study.diseased.sum())} of them with "
        f"{counted(study.lesions, 'lesion')}.",
        f"{hits:,} marks hit a lesion, {len(marks) - hits:,} hit none{told}.",
    )
    return ReadMarks(study, marks[["reader", "case", "test", "lesion", "rating"]], known, sentences)


def _lesions(path: Path) -> pd.DataFrame:
    """case, lesion ("" for a healthy case), weight, and place and radius where they are known."""
    table = read_table(path)
    roles = {role: recognised_in(MARK_COLUMNS, table.columns, role) for role in MARK_COLUMNS}
    if roles["case"] is None or roles["lesion"] is None:
        raise DataRefused(
            f"{path.name} needs the columns case and lesion; it has {listed(tuple(table.columns), 12)}"
        )
    kept = ("case", "lesion", "weight", "radius", *_AXES)
    frame = pd.DataFrame({role: table[column] for role, column in roles.items() if column and role in kept})
    frame["lesion"] = [_lesion_name(name) for name in frame["lesion"]]
    for role in {"weight", "radius", *_AXES} & set(frame.columns):
        frame[role] = _numbers(frame[role], role, path.name)
    twice = frame[frame.duplicated(["case", "lesion"])]
    if len(twice):
        raise DataRefused(
            f"{path.name} names lesion '{twice['lesion'].iloc[0]}' of case '{twice['case'].iloc[0]}' twice"
        )
    diseased = set(frame.loc[frame["lesion"] != "", "case"])
    return frame[(frame["lesion"] != "") | ~frame["case"].isin(diseased)].reset_index(drop=True)


def _in_form(table: pd.DataFrame, name: str, columns: dict[str, str]) -> pd.DataFrame:
    found = {}
    for role in MARK_COLUMNS:
        column = columns.get(role) or recognised_in(MARK_COLUMNS, table.columns, role)
        if column is not None and column not in table.columns:
            raise DataRefused(f"{name} has no column '{column}'; it has {listed(tuple(table.columns), 12)}")
        if column is not None:
            found[role] = table[column]
    missing = [role for role in ("reader", "case", "rating") if role not in found]
    if missing:
        raise DataRefused(
            f"{name} has no column for {' and '.join(missing)}; it has {listed(tuple(table.columns), 12)}. "
            "Say which it is with --column"
        )
    frame = pd.DataFrame(found)
    frame["rating"] = _numbers(frame["rating"], "rating", name)
    if frame["rating"].isna().any():
        raise DataRefused(
            f"{name}: a mark on case '{frame['case'][frame['rating'].isna()].iloc[0]}' has no rating"
        )
    if "test" not in frame:
        frame["test"] = ONE_TEST
    for axis in set(_AXES) & set(frame.columns):
        frame[axis] = _numbers(frame[axis], axis, name)
    return frame


def _hits(
    marks: pd.DataFrame, lesions: pd.DataFrame, name: str, distance: float | None
) -> tuple[pd.DataFrame, str]:
    """The lesion of each mark, by name where the table says it, else by place."""
    if "lesion" in marks:
        hit = [_lesion_name(lesion) for lesion in marks["lesion"]]
        if "mark" in marks:
            hit = [
                "" if str(kind).lower() in _NO_LESION else one
                for kind, one in zip(marks["mark"], hit, strict=True)
            ]
        return marks.assign(lesion=hit), ", as the table says"
    axes = [axis for axis in _AXES if axis in marks and axis in lesions]
    if not axes:
        raise DataRefused(
            f"{name} neither names the lesion of a mark nor its place; give a column lesion, or x and y "
            "in both tables"
        )
    if distance is None and "radius" not in lesions:
        raise DataRefused("the lesions have no radius: say with --distance how near a mark has to be")
    reach = lesions["radius"] if distance is None else pd.Series(distance, index=lesions.index)
    by_case = dict(iter(lesions[lesions["lesion"] != ""].groupby("case")))
    hit = [_nearest(mark, by_case.get(mark["case"]), axes, reach) for _, mark in marks.iterrows()]
    return marks.assign(lesion=hit), ", by their place"


def _nearest(mark: pd.Series, lesions: pd.DataFrame | None, axes: list[str], reach: pd.Series) -> str:
    """The nearest lesion within reach; "" where there is none."""
    if lesions is None:
        return ""
    apart = np.sqrt(((lesions[axes].to_numpy(float) - mark[axes].to_numpy(float)) ** 2).sum(axis=1))
    apart = np.where(apart <= reach[lesions.index].to_numpy(float), apart, np.inf)
    return str(lesions["lesion"].iloc[int(np.argmin(apart))]) if np.isfinite(apart).any() else ""


def _study(marks: pd.DataFrame, lesions: pd.DataFrame) -> FreeResponse:
    cases = tuple(dict.fromkeys(lesions["case"]))
    foreign = sorted(set(marks["case"]) - set(cases))
    if foreign:
        raise DataRefused(
            f"marks on {counted(len(foreign), 'case')} that the lesions' table does not name: "
            f"{listed(foreign, 4)}"
        )
    names = [
        list(lesions.loc[(lesions["case"] == case) & (lesions["lesion"] != ""), "lesion"]) for case in cases
    ]
    weights = [_weights(lesions, case, len(own)) for case, own in zip(cases, names, strict=True)]
    tests, readers = (tuple(dict.fromkeys(marks[role])) for role in ("test", "reader"))
    place = {case: at for at, case in enumerate(cases)}
    groups = dict(iter(marks.groupby(["test", "reader"])))
    table = tuple(
        tuple(_marks(groups.get((test, reader)), place, names, weights) for reader in readers)
        for test in tests
    )
    return FreeResponse(table, tests, readers, cases)


def _marks(
    rows: pd.DataFrame | None, place: dict[str, int], names: list[list[str]], weights: list[list[float]]
) -> Marks:
    case: list[int] = []
    lesion: list[int | None] = []
    for _, row in (pd.DataFrame() if rows is None else rows).iterrows():
        at = place[row["case"]]
        if row["lesion"] and row["lesion"] not in names[at]:
            raise DataRefused(
                f"a mark on case '{row['case']}' names lesion '{row['lesion']}', which it does not have"
            )
        case.append(at)
        lesion.append(names[at].index(row["lesion"]) if row["lesion"] else None)
    ratings = [] if rows is None else [float(value) for value in rows["rating"]]
    return marks_of([len(own) for own in names], weights, case=case, lesion=lesion, rating=ratings)


def _weights(lesions: pd.DataFrame, case: str, count: int) -> list[float]:
    if "weight" not in lesions or not count:
        return []
    own = lesions.loc[(lesions["case"] == case) & (lesions["lesion"] != ""), "weight"]
    return [] if own.isna().any() else [float(value) for value in own]


def _lesion_name(name: object) -> str:
    return "" if str(name).strip().lower() in _NO_LESION else str(name).strip()


def _numbers(column: pd.Series, role: str, name: str) -> pd.Series:
    values = pd.to_numeric(column, errors="coerce")
    wrong = values.isna() & (column.astype(str) != "")
    if wrong.any() or np.isinf(values).any():
        odd = column[wrong | np.isinf(values)].iloc[0]
        raise DataRefused(f"{name}: '{odd}' in column '{role}' is not a finite number")
    return values
