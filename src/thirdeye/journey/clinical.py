"""Clinical variables of the table as numbers: age, sex, place in the body, as far as they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.columns import is_absent, kind_of, years

KINDS = ("age", "sex", "anatomy")
MOST_LEVELS = 30
FEWEST = 5  # cases of a level that gets a column
_KNOWN_SHARE = 0.1  # of the cases must have a value


@dataclass(frozen=True)
class ClinicalColumn:
    """How one column of the table becomes numbers.

    Args:
        name: of the column.
        levels: text values that get a column each; empty where the column holds numbers.
        middle: median of the numbers, which stands where none is recorded.
    """

    name: str
    levels: tuple[str, ...]
    middle: float

    def encode(self, values: pd.Series) -> NDArray[np.float64]:
        """(n, k): a number and whether it is missing, or 0 and 1 for each level."""
        if not self.levels:
            numbers = _numbers(values)
            missing = ~np.isfinite(numbers)
            return np.column_stack([np.where(missing, self.middle, numbers), missing])
        texts = _texts(values)
        return np.column_stack([texts == level for level in self.levels]).astype(np.float64)


def clinical_columns(rows: pd.DataFrame, *, own: Sequence[str]) -> tuple[ClinicalColumn, ...]:
    """Columns that are clinical by their name, have a value in at least a tenth of the cases, and vary.

    Nothing is learned from labels here: only which values there are.

    Args:
        rows: development cases.
        own: columns that the dataset itself writes, which are none of the user's.
    """
    found = []
    for name in rows.columns:
        if name in own or kind_of(str(name)) not in KINDS:
            continue
        column = _column(str(name), rows[name])
        if column is not None:
            found.append(column)
    return tuple(found)


def encode(columns: Sequence[ClinicalColumn], rows: pd.DataFrame) -> NDArray[np.float64] | None:
    """(n, D) of the rows; None where one of the columns is not there."""
    if not columns or any(column.name not in rows for column in columns):
        return None
    return np.concatenate([column.encode(rows[column.name]) for column in columns], axis=1)


def _column(name: str, values: pd.Series) -> ClinicalColumn | None:
    numbers = _numbers(values)
    finite = numbers[np.isfinite(numbers)]
    if len(finite) >= max(1, _KNOWN_SHARE * len(values)) and np.ptp(finite) > 0:
        return ClinicalColumn(name, (), float(np.median(finite)))
    counts = pd.Series(_texts(values)).value_counts()
    levels = [str(level) for level, n in counts.items() if level and n >= FEWEST][:MOST_LEVELS]
    known = sum(int(counts[level]) for level in levels)
    if len(levels) < 2 or known < _KNOWN_SHARE * len(values):
        return None
    return ClinicalColumn(name, tuple(levels), 0.0)


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    """NaN where there is none; DICOM's ages in years."""
    found = [years(str(value)) for value in values]
    return np.asarray([np.nan if one is None else one for one in found], dtype=np.float64)


def _texts(values: pd.Series) -> NDArray[np.str_]:
    """In lower case; "" where nothing is recorded."""
    said = [str(value).strip().lower() for value in values.fillna("")]
    return np.asarray(["" if is_absent(text) else text for text in said], dtype=np.str_)
