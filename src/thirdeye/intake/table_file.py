"""A table on disk (CSV, TSV, Excel, Parquet) as strings, exactly as they were typed."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from thirdeye.dicom.quiet import quiet_decoders
from thirdeye.errors import DataRefused, MissingExtra

TABLE_SUFFIXES = frozenset([".csv", ".tsv", ".xlsx", ".xlsm", ".parquet", ".pq"])
MAX_TABLE_BYTES = 1024**3
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_BLANK = frozenset(["", "nan", "NaN", "NA", "N/A", "n/a", "null", "NULL", "None", "<NA>", "NaT"])


def read_table(path: Path) -> pd.DataFrame:
    """Every cell as a string without surrounding blanks; missing cells are "".

    Words such as "NA" and "nan" count as missing; "None" too. The first sheet of a workbook is read.

    Raises:
        DataRefused: not readable as a table, or without rows or columns.
    """
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise DataRefused(f"the table {path.name} is larger than {MAX_TABLE_BYTES // 1024**3} GB")
    try:
        with quiet_decoders():  # openpyxl warns about styles
            frame = _READERS[path.suffix.lower()](path)
    except DataRefused:
        raise
    except Exception as error:  # readers raise anything on damaged files
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataRefused(f"the table {path.name} cannot be read: {reason}") from error
    frame.columns = [str(name).strip() for name in frame.columns]
    if frame.empty or not len(frame.columns):
        raise DataRefused(f"the table {path.name} has no rows")
    return frame.map(_clean)


def known_table(path: Path) -> pd.DataFrame:
    """As `read_table`, but read once while several layouts look at it; not to be changed in place.

    Raises:
        DataRefused: as `read_table`.
    """
    status = path.stat()
    return _known(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=2)
def _known(path: Path, size: int, changed_ns: int) -> pd.DataFrame:
    return read_table(path)


def _clean(value: object) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text in _BLANK else text


def _read_text(path: Path) -> pd.DataFrame:
    text = _decode(path.read_bytes())
    separator = "\t" if path.suffix.lower() == ".tsv" else _separator(text)
    return pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataRefused("the table's text has no known encoding")  # latin-1 decodes everything


def _separator(text: str) -> str:
    """The most frequent of comma, semicolon, tab and bar in the first line."""
    first = text.lstrip("\n\r").split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def _read_workbook(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, dtype=str, keep_default_na=False)


def _read_parquet(path: Path) -> pd.DataFrame:
    if find_spec("pyarrow") is None:
        raise MissingExtra(f"reading the Parquet table '{path.name}'", "parquet")
    frame = pd.read_parquet(path)
    if frame.index.name or frame.index.nlevels > 1:
        frame = frame.reset_index()
    return frame.map(_plain_number)


def _plain_number(value: object) -> object:
    """1.0 (an integer column with gaps) reads as "1"; other values as they are."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_READERS = {
    ".csv": _read_text,
    ".tsv": _read_text,
    ".xlsx": _read_workbook,
    ".xlsm": _read_workbook,
    ".parquet": _read_parquet,
    ".pq": _read_parquet,
}
