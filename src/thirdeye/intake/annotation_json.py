"""JSON that people bring: read whole, but nothing in it may cost more than its size."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from thirdeye.errors import DataRefused

MAX_BYTES = 2 * 1024**3
_LONGEST_NUMBER = 400


def read_json(path: Path) -> Any:
    """The content of a file; the same file is parsed once in a row.

    Raises:
        DataRefused: too large, not JSON, nested too deep, or a number that is none (NaN, 5,000 digits).
    """
    status = path.stat()
    if status.st_size > MAX_BYTES:
        raise DataRefused(f"the annotation file {path.name} is larger than {MAX_BYTES // 1024**3} GB")
    return _parsed(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def _parsed(path: Path, size: int, changed_ns: int) -> Any:
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse_constant, parse_int=_whole)
    except DataRefused as error:
        raise DataRefused(f"the annotation file {path.name} {error}") from None
    except RecursionError:
        raise DataRefused(f"the annotation file {path.name} is nested too deep to be annotations") from None
    except (ValueError, UnicodeError) as error:
        raise DataRefused(
            f"the annotation file {path.name} is not JSON ({str(error)[:120]}); export it again"
        ) from None


def _refuse_constant(word: str) -> NoReturn:
    raise DataRefused(f"holds {word} where a number should be; correct it and export it again")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise DataRefused(f"holds a number of {len(digits):,} digits; correct it and export it again")
    return int(digits)


def mentions(path: Path, *words: str) -> bool:
    """Whether a file of a sensible size holds each word in quotes; a cheap look before it is parsed."""
    if not 0 < path.stat().st_size <= MAX_BYTES:
        return False
    wanted = {f'"{word}"'.encode() for word in words}
    tail = b""
    with path.open("rb") as file:
        while wanted and (block := file.read(1 << 20)):
            held = tail + block
            wanted -= {word for word in wanted if word in held}
            tail = held[-64:]
    return not wanted


def as_list(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; anything else in it, or in its place, is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_number(value: Any) -> float:
    """A number; NaN for anything else, also for text and truth values."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("inf")
