"""What is to be measured from the landmarks: said by the user, written beside the data, or recognised."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.errors import UsageError
from thirdeye.evaluation.cobb import CORNERS, FEWEST_VERTEBRAE
from thirdeye.evaluation.derived_measurements import derive
from thirdeye.evaluation.measurement_definitions import Definition, read_definitions
from thirdeye.intake.options import Options
from thirdeye.intake.picture_size import picture_sizes
from thirdeye.intake.reading import Reading
from thirdeye.intake.words import counted, listed

MEASUREMENTS_FILE = "measurements.json"
TABLES = ("cephalometry",)  # that come with the package
_COBB_COLUMNS = ("cobb1", "cobb2", "cobb3")
_LOOKED_AT, _AGREE_DEG = 20, 1.0
LARGEST_FILE = 1 << 20


def measurements_of(
    reading: Reading, task: str, data: Path, options: Options
) -> tuple[tuple[Definition, ...], tuple[str, ...]]:
    """What to measure, and what was understood.

    The user's file or a table that comes with the package (`TABLES`), else ``measurements.json`` beside the
    data. Where there is none and the table holds the columns cobb1, cobb2 and cobb3, Cobb angles are measured
    if those of the reference points agree with the columns.

    Args:
        reading: of the data.
        task: that was decided.
        data: what the user named.
        options: the user's.

    Raises:
        UsageError: the file does not exist or does not fit, or there are no landmarks to measure from.
    """
    if options.measurements is not None and task != "landmarks":
        raise UsageError(f"--measurements belongs to data with landmarks; the task here is {task}")
    if task != "landmarks":
        return (), ()
    names = tuple(dict.fromkeys(str(name) for name in reading.regions["name"]))
    beside = (data if data.is_dir() else data.parent) / MEASUREMENTS_FILE
    if options.measurements is None and not beside.is_file():
        return _recognised(reading, names)
    file = _file(options.measurements) if options.measurements is not None else beside
    found = read_definitions(_content(file), names, source=file.name)
    _check_columns(found, reading.rows, file.name)
    told = listed([f"{one.name} ({one.kind.replace('_', ' ')})" for one in found], 8)
    return found, (f"{file.name}: {counted(len(found), 'measurement')} from the landmarks: {told}.",)


def _file(named: str | Path) -> Path:
    """The user's file, or the table of that name where there is no such file."""
    if str(named) in TABLES and not Path(named).exists():
        return Path(str(resources.files("thirdeye.evaluation"))) / "tables" / f"{named}.json"
    return Path(named)


def _content(file: Path) -> Any:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{file.name} is larger than 1 MB; it is no list of measurements")
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no file '{file.name}' to read measurements from, and no table is called so; "
            f"there is {listed(list(TABLES), 8)}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{file.name} is not readable JSON: {error}") from error


def _check_columns(found: tuple[Definition, ...], rows: pd.DataFrame, name: str) -> None:
    """Refuses a column that the table has not, or that holds no number."""
    for definition in found:
        for column in definition.columns:
            if column not in rows.columns:
                raise UsageError(
                    f"{name}, '{definition.name}': the data have no column '{column}'; "
                    f"there are {listed([str(one) for one in rows.columns], 12)}"
                )
            if not len(stated_numbers(rows[column]).dropna()):
                raise UsageError(f"{name}, '{definition.name}': no cell of column '{column}' is a number")


def stated_numbers(cells: pd.Series) -> pd.Series:
    """Cells of a table as numbers; NaN where there is none, or it is not finite."""
    return pd.to_numeric(cells, errors="coerce").replace([np.inf, -np.inf], np.nan)


def _recognised(reading: Reading, names: tuple[str, ...]) -> tuple[tuple[Definition, ...], tuple[str, ...]]:
    fits = len(names) % CORNERS == 0 and len(names) >= CORNERS * FEWEST_VERTEBRAE
    if not fits or not set(_COBB_COLUMNS) <= set(reading.rows.columns):
        return (), ()
    cobb = Definition("Cobb", "cobb_3", names, (), _COBB_COLUMNS)
    gaps = _gaps(reading, names, cobb)
    if len(gaps) < 2:
        return (), ()
    middle = float(np.median(gaps))
    of = f"(median difference {middle:.2g} degrees in {len(gaps)} images)"
    if middle > _AGREE_DEG:
        said = (
            f"The columns {', '.join(_COBB_COLUMNS)} are not the Cobb angles of the points {of}; none is "
            f"measured. Say how to measure in {MEASUREMENTS_FILE}."
        )
        return (), (said,)
    said = (
        f"The columns {', '.join(_COBB_COLUMNS)} are the Cobb angles of the points {of}: they are measured."
    )
    return (cobb,), (said,)


def _gaps(reading: Reading, names: tuple[str, ...], cobb: Definition) -> list[float]:
    """Largest difference of a column and an angle of the reference, in some images."""
    rows = reading.rows.drop_duplicates("image").set_index("image")
    told = pd.DataFrame({column: stated_numbers(rows[column]) for column in cobb.columns}).dropna()
    images = list(told.index[:_LOOKED_AT])
    sizes = picture_sizes(reading.root, images)
    gaps = []
    for image in images:
        points = reading.regions[reading.regions["image"] == image].drop_duplicates("name").set_index("name")
        places = points.reindex(list(names))[["x_min", "y_min"]].to_numpy(float)
        if image not in sizes:
            continue
        values = [one.value for one in derive((cobb,), names, places, height=sizes[image][1])]
        angles = np.array([value for value in values if value is not None])
        if angles.size == len(cobb.columns):
            gaps.append(float(np.abs(angles - told.loc[image].to_numpy(float)).max()))
    return gaps


def stated_values(row: Mapping[str, Any], definitions: tuple[Definition, ...]) -> dict[str, float]:
    """Output to the value that the data's table states for an image, where it does."""
    found = {}
    for definition in definitions:
        for output, column in zip(definition.outputs, definition.columns, strict=False):
            value = float(stated_numbers(pd.Series([row.get(column)]))[0])
            if np.isfinite(value):
                found[output] = value
    return found
