"""A column of a table as numbers that a linear model can use, whatever is in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_LEVELS = 20
BINS = 8
_EMPTY = ("", "nan", "NaN", "None", "NaT", "NA", "N/A", "n/a", "<NA>", "unknown", "Unknown")


def encode(values: pd.Series) -> NDArray[np.float32]:
    """(n, p): one column per category or per range of a number, its rank, and one for "missing".

    Ranges follow quantiles, and a value that fills a range of its own ("1024 wide") gets one; so that the
    answer needs no straight line. No label is looked at.
    """
    text = values.astype(str).str.strip()
    missing = is_missing(values)
    number = as_number(text.where(~missing, ""))
    if number is not None:
        return _encode_number(number)
    top = text[~missing].value_counts().index[:MOST_LEVELS]
    columns = [(text == level).to_numpy() for level in top]
    if missing.any():
        columns.append(missing)
    return _stacked(columns, len(text))


def is_missing(values: pd.Series) -> NDArray[np.bool_]:
    """(n,) True where nothing is said: "", "NaN", "NA", "unknown" and the like."""
    return np.asarray(values.astype(str).str.strip().isin(_EMPTY).to_numpy(), dtype=bool)


def as_number(text: pd.Series) -> NDArray[np.float64] | None:
    """(n,) numbers, dates as days, NaN where empty; None when over a tenth of what is there is neither."""
    known = (text != "").to_numpy()
    if not known.any():
        return None
    flags = text.where(~text.isin(["True", "False"]), text.map({"True": "1", "False": "0"}))
    number = pd.to_numeric(flags, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    if np.isfinite(number[known]).mean() < 0.9:
        number = _days(text)
        if np.isfinite(number[known]).mean() < 0.9:
            return None
    number[~np.isfinite(number)] = np.nan
    return number


def _days(text: pd.Series) -> NDArray[np.float64]:
    """Days since 1970 of ISO dates."""
    looks_like = text.str.fullmatch(r"\d{4}-?\d{2}-?\d{2}([T ].*)?")
    dates = pd.to_datetime(text.where(looks_like, "").str.slice(0, 10), errors="coerce", format="ISO8601")
    days = (dates - pd.Timestamp(0)).dt.total_seconds().to_numpy(dtype=np.float64, copy=True) / 86400
    return np.asarray(days)


def _encode_number(number: NDArray[np.float64]) -> NDArray[np.float32]:
    missing = np.isnan(number)
    known = number[~missing]
    if np.unique(known).size <= BINS:
        columns: list[NDArray[np.generic]] = [number == value for value in np.unique(known)]
    else:
        edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)))
        place = np.searchsorted(edges, number, side="left")  # a value equal to an edge: the range below it
        columns = [(place == one) & ~missing for one in np.unique(place[~missing])]
        heavy = pd.Series(known).value_counts()
        columns += [number == value for value in heavy[heavy >= len(number) / BINS].index[:BINS]]
        columns.append(np.where(missing, 0.5, pd.Series(number).rank(pct=True).to_numpy()))
    if missing.any():
        columns.append(missing)
    return _stacked(columns, len(number))


def _stacked(columns: list[NDArray[np.generic]], n: int) -> NDArray[np.float32]:
    if not columns:
        return np.zeros((n, 0), dtype=np.float32)
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)
