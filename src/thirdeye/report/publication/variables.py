"""Which columns of ``dataset.csv`` describe patients and images, and as what: a number or a category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thirdeye.evaluation.columns import is_absent, kind_of, years
from thirdeye.intake.words import tokens, word_set

if TYPE_CHECKING:
    import pandas as pd

_OWN = word_set("image case patient label split fold excluded_because kept_together")
_IDENTIFYING = word_set(
    "id uid name names path file filename birth born dob date time address accession mrn phone mail md5 hash"
)
_TECHNICAL = word_set("split fold subset set partition dataset index")
_FIRST = ("age", "sex", "site", "device")
_MOST_LEVELS = 12
_MOST_VARIABLES = 16
_NAMING = 0.5  # a category with more levels than this share of the patients names them
_FEW_LEVELS = 4
_MOST_ALIKE = 0.95  # share of the rows that one column may agree with the label in


@dataclass(frozen=True)
class Variable:
    """A column that describes patients or images.

    Args:
        column: its name.
        title: as it is printed.
        kind: "number" (mean and deviation) or "category" (counts of levels).
    """

    column: str
    title: str
    kind: Literal["number", "category"]


def variables(table: pd.DataFrame) -> list[Variable]:
    """Age, sex, site and device first, then what else describes the rows; never what names a person."""
    found = [one for column in table.columns if (one := _variable(table, str(column))) is not None]
    found.sort(key=lambda one: _rank(one.column))
    return found[:_MOST_VARIABLES]


def known(values: pd.Series) -> pd.Series:
    """The values that say something: not empty, not one of the words for "missing"."""
    text = values.astype(str).str.strip()
    return text[~text.map(is_absent).astype(bool)]


def numbers(values: pd.Series) -> pd.Series:
    """Values as numbers (DICOM's ``045Y`` too); those that are none are left out."""
    import pandas as pd

    text = known(values)
    return pd.to_numeric(text.map(years), errors="coerce").dropna().astype(float)


def _variable(table: pd.DataFrame, column: str) -> Variable | None:
    words, kind = set(tokens(column)), kind_of(column)
    if column in _OWN or words & _TECHNICAL or (words & _IDENTIFYING and kind != "device"):
        return None
    values = known(table[column])
    levels = int(values.nunique())
    if levels == 0 or _is_label(table, column):
        return None
    title = " ".join(column.replace("_", " ").split())
    title = title[:1].upper() + title[1:]
    if len(numbers(table[column])) == len(values) and (levels > 4 or kind == "age"):
        return Variable(column, title, "number")
    if kind == "other" and _is_naming(table, levels):
        return None
    return Variable(column, title, "category") if levels <= _MOST_LEVELS else _grouped(column, title, levels)


def _grouped(column: str, title: str, levels: int) -> Variable | None:
    """A category with many levels is shown by its commonest ones; a free text is not shown at all."""
    return Variable(column, title, "category") if levels <= 4 * _MOST_LEVELS else None


def _is_naming(table: pd.DataFrame, levels: int) -> bool:
    """Whether a category has nearly a level for each patient (each row): a study, a series, a free text."""
    of = table["patient"].nunique() if "patient" in table else len(table)
    return levels > max(_FEW_LEVELS, _NAMING * max(1, of))


def _is_label(table: pd.DataFrame, column: str) -> bool:
    """Whether a column says again what the label says."""
    if "label" not in table or not len(table):
        return False
    return bool((table[column] == table["label"]).mean() >= _MOST_ALIKE)


def _rank(column: str) -> tuple[int, str]:
    kind = kind_of(column)
    return _FIRST.index(kind) if kind in _FIRST else len(_FIRST), column
