"""Types that a measurement falls into by limits: "class II" where an angle is larger than 5.7 degrees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from thirdeye.errors import UsageError

_FIELDS = {"name", "below", "up_to"}


@dataclass(frozen=True)
class MeasuredType:
    """One type.

    Args:
        name: what it is called.
        limit: its upper end, in the unit of the measurement; infinite for the last one.
        inclusive: whether a value at the limit still belongs to it.
    """

    name: str
    limit: float = math.inf
    inclusive: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        if math.isinf(self.limit):
            return {"name": self.name}
        return {"name": self.name, ("up_to" if self.inclusive else "below"): self.limit}


def type_of(value: float, types: Sequence[MeasuredType]) -> str:
    """The type of a value: the first whose limit it does not pass."""
    return next(
        one.name for one in types if value < one.limit or (one.inclusive and value == one.limit)
    )  # fmt: skip


def read_types(given: Any, where: str) -> tuple[MeasuredType, ...]:
    """Types of a measurement from the content of a file, from the smallest values to the largest.

    Args:
        given: a list of ``{"name": ..., "below": limit}`` or ``"up_to"``; the last has no limit.
        where: for messages.

    Raises:
        UsageError: fewer than two, a limit that is missing, no number or not above the one before, or a name
            that is given twice.
    """
    if not isinstance(given, list) or len(given) < 2:
        raise UsageError(
            f'{where}: "types" is a list of two or more, from the smallest values to the largest: '
            f'[{{"name": "low", "below": 3}}, {{"name": "high"}}]; got {given!r}'
        )
    found = tuple(
        _type(one, n == len(given) - 1, f"{where}, type {n + 1}") for n, one in enumerate(given)
    )  # fmt: skip
    limits = [one.limit for one in found]
    if any(after <= before for before, after in pairwise(limits)):
        raise UsageError(f"{where}: the limits of the types do not rise: {limits[:-1]}")
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{where}: two types are called '{twice}'")
    return found


def _type(given: Any, last: bool, where: str) -> MeasuredType:
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str) or not given["name"].strip():
        raise UsageError(f'{where}: expected {{"name": ..., "below": ...}}, got {given!r}')
    name, unknown = given["name"].strip(), sorted(set(given) - _FIELDS)
    if unknown:
        raise UsageError(
            f"{where} ('{name}'): field '{unknown[0]}' is not known; there are below, name, up_to"
        )
    ends = [field for field in ("below", "up_to") if field in given]
    if last:
        if ends:
            raise UsageError(f"{where} ('{name}'): the last type holds all that is larger and has no limit")
        return MeasuredType(name)
    if len(ends) != 1:
        raise UsageError(f'{where} (\'{name}\'): give its upper end as "below" or as "up_to"')
    limit = given[ends[0]]
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not math.isfinite(limit):
        raise UsageError(f"{where} ('{name}'): the limit is no number: {limit!r}")
    return MeasuredType(name, float(limit), ends[0] == "up_to")
