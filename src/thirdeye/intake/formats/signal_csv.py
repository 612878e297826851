"""Signals as columns of numbers in a text file."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from thirdeye.case.signal import Signal
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format
from thirdeye.intake.signal_gaps import MAX_VALUES, refuse_length, without_gaps

SUFFIXES = (".csv", ".tsv", ".txt")
_TIME = re.compile(r"^(?:time|t|seconds?|elapsed(?:_time)?|ms|milliseconds?)(?:\W*\[?\(?(m?s)\)?\]?)?$", re.I)
_RATE = re.compile(r"(?:rate|fs|frequency|sampling)\w*\s*[:=]\s*([0-9.]+)", re.I)
_NUMBER = re.compile(r"^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$|^\s*(?:nan)?\s*$", re.I)
_LEAST_LINES = 4
_MAX_BYTES = 8 * MAX_VALUES


def recognise(head: bytes, name: str) -> bool:
    """By lines that hold nothing but numbers, under a rate or a column of time.

    A table of cases is not taken for a signal: it has no column of time beside numbers alone.
    """
    if not name.endswith(SUFFIXES):
        return False
    text = head.decode("latin-1")
    lines = text.splitlines()[:-1] or [text]
    notes = [line for line in lines if line.startswith("#")]
    rest = [line for line in lines if line.strip() and not line.startswith("#")]
    separator = _separator(rest[0]) if rest else ","
    titles = _titles(rest, separator)
    numbers = rest[1:] if titles else rest
    if len(numbers) < _LEAST_LINES or not all(_is_numeric(line, separator) for line in numbers):
        return False
    return any(_RATE.search(note) for note in notes) or (bool(titles) and _TIME.match(titles[0]) is not None)


def read(path: Path, name: str, selector: str) -> Signal:
    """Every column is a channel; the rate is that of the column of time, or of a line ``# rate_hz: 250``.

    Raises:
        UnreadableFile: not only numbers, no rate, or times that do not go on evenly.
    """
    if selector:
        raise UnreadableFile(name, f"is one recording; it has no part '{selector}'")
    if path.stat().st_size > _MAX_BYTES:
        raise UnreadableFile(name, "is larger than 800 MB; cut it into shorter pieces")
    with path.open(encoding="latin-1") as file:
        start = [file.readline() for _ in range(40)]
    notes = [line for line in start if line.startswith("#")]
    rest = [line for line in start if line.strip() and not line.startswith("#")]
    separator = _separator(rest[0]) if rest else ","
    titles = _titles(rest, separator)
    table = _numbers(path, name, separator, bool(titles))
    refuse_length(table.size, name)
    rate, first = _rate(table, titles, notes, name)
    samples, missing = without_gaps(np.ascontiguousarray(table[:, first:].T, np.float32), name)
    count = len(samples)
    channels = tuple(titles[first:]) if len(titles) == count + first else ("",) * count
    attributes = {"format": "CSV"} | ({"missing_samples": str(missing)} if missing else {})
    return Signal(samples, rate, channels, ("",) * count, name, attributes)


def _numbers(path: Path, name: str, separator: str, has_titles: bool) -> np.ndarray:
    import pandas as pd

    try:
        frame = pd.read_csv(
            path, sep=separator, comment="#", header=0 if has_titles else None, dtype=np.float64,
            encoding="latin-1",
        )  # fmt: skip
    except Exception as error:  # the reader raises anything, and quotes the line
        raise UnreadableFile(name, "holds something else than columns of numbers") from error
    return frame.to_numpy()


def _rate(table: np.ndarray, titles: list[str], notes: list[str], name: str) -> tuple[float, int]:
    """Samples a second, and the first column that is a channel."""
    stated = next((found for note in notes if (found := _RATE.search(note))), None)
    timed = _TIME.match(titles[0]) if titles and table.shape[1] > 1 else None
    if timed is None:
        rate = float(stated[1]) if stated else 0.0
        if not rate > 0:
            raise UnreadableFile(
                name, "does not say how fast it was sampled; begin it with a line such as '# rate_hz: 250'"
            )
        return rate, 0
    steps = np.diff(table[:, 0])
    step = float(np.median(steps)) if len(steps) else 0.0
    if not step > 0 or np.abs(steps - step).max() > 0.1 * step:
        raise UnreadableFile(name, "has times that do not go on evenly")
    in_ms = (timed[1] or "").lower() == "ms" or titles[0].lower().startswith("m")
    return round((1000.0 if in_ms else 1.0) / step, 6), 1


def _titles(lines: list[str], separator: str) -> list[str]:
    """Names of the columns; empty where the first line is numbers."""
    if not lines or _is_numeric(lines[0], separator):
        return []
    return [word.strip().strip('"') for word in lines[0].strip().split(separator)]


def _is_numeric(line: str, separator: str) -> bool:
    return all(_NUMBER.match(word) for word in line.strip().split(separator))


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


FORMATS.register("signal-csv")(Format("columns of numbers", "signal", (), recognise, read))
