"""Landmarks go by many names: from those of a table of measurements to those of the data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.errors import UsageError

_NUMBERED = re.compile(r"^\D{0,12}?0*(\d+)$")


def data_names(landmarks: Any, names: Sequence[str], *, source: str) -> dict[str, str]:
    """Each landmark of a table of measurements to its name in the data; those that the data lack are absent.

    Capitals, spaces and punctuation do not matter. Data whose names are nothing but numbers ("1", "L1",
    "point 01"), as many as the table has landmarks, are taken in the order of the table.

    Args:
        landmarks: name in the table to a list of other names.
        names: of the data, each once.
        source: name of the table, for messages.

    Raises:
        UsageError: not such a table, or two landmarks of the data could be the same one.
    """
    if not isinstance(landmarks, Mapping) or not all(isinstance(one, list) for one in landmarks.values()):
        raise UsageError(f'{source}: "landmarks" maps each name to a list of other names')
    numbered = _by_number(list(landmarks), names)
    if numbered:
        return numbered
    known: dict[str, list[str]] = {}
    for name in names:
        known.setdefault(_plain(name), []).append(name)
    found = {}
    for name, others in landmarks.items():
        keys = dict.fromkeys(_plain(str(one)) for one in (name, *others))
        fits = [own for key in keys for own in known.get(key, [])]
        if len(fits) > 1:
            raise UsageError(f"{source}: '{fits[0]}' and '{fits[1]}' of the data could both be '{name}'")
        if fits:
            found[str(name)] = fits[0]
    return found


def _by_number(landmarks: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    numbers = {int(match[1]): name for name in names if (match := _NUMBERED.match(name.strip()))}
    if len(names) != len(landmarks) or sorted(numbers) != list(range(1, len(landmarks) + 1)):
        return {}
    return {name: numbers[n + 1] for n, name in enumerate(landmarks)}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold().replace("'", "prime"))
