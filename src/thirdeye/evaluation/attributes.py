"""From columns of a table to groups of cases: levels, age bands, what is not recorded, what is too small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.columns import AGE_CUTS, Kind, is_absent, kind_of, sex, years

NOT_RECORDED = "not recorded"
TOO_FEW = "too few"
FLOOR = 10  # cases; a smaller group is described with others as small as it
MOST_LEVELS = 20


@dataclass(frozen=True)
class Attribute:
    """A division of the cases of a set into groups.

    Args:
        column: where it comes from.
        kind: what it is.
        levels: names of the groups, in the order in which they are shown.
        codes: (n,) group of each case.
        cut_points: where a number was cut, in its own unit; empty where it was not.
        merged: groups with fewer than `FLOOR` cases, which stand together as `TOO_FEW`: name to n.
    """

    column: str
    kind: Kind
    levels: tuple[str, ...]
    codes: NDArray[np.int64]
    cut_points: tuple[float, ...] = ()
    merged: Mapping[str, int] = field(default_factory=dict)

    @property
    def named(self) -> tuple[int, ...]:
        """Codes of the levels that are groups of their own: recorded, and not too small."""
        return tuple(i for i, name in enumerate(self.levels) if name not in (NOT_RECORDED, TOO_FEW))

    def rows(self, code: int) -> NDArray[np.bool_]:
        """(n,) which cases are in a group."""
        return self.codes == code


def read_attribute(column: str, values: Sequence[Any], *, floor: int = FLOOR) -> Attribute:
    """The groups of one column.

    Ages, and any other number with more than `MOST_LEVELS` values, are cut into bands: ages at `AGE_CUTS`,
    others at their quartiles. Values that say nothing ("", NaN, None, "unknown") are the level
    `NOT_RECORDED`. Levels below `floor` cases, and those beyond the `MOST_LEVELS` largest, are put together
    as `TOO_FEW`, each told in `merged`.

    Args:
        column: its name.
        values: (n,) of any type.
        floor: fewest cases of a group of its own.
    """
    kind = kind_of(column)
    texts = [_text(value) for value in values]
    numbers = _numbers(texts)
    cuts: tuple[float, ...] = ()
    order: list[str] = []
    if numbers is not None and (kind == "age" or len({t for t in texts if t}) > MOST_LEVELS):
        cuts = tuple(map(float, AGE_CUTS)) if kind == "age" else _quartiles(numbers)
        order = _band_names(cuts)
        bands = np.searchsorted(np.asarray(cuts), numbers, side="right")
        texts = [order[b] if np.isfinite(x) else "" for b, x in zip(bands, numbers, strict=True)]
    if kind == "sex":
        texts = [sex(text) for text in texts]
    return _levelled(column, kind, texts, order, cuts, floor)


def crossed(first: Attribute, second: Attribute, *, floor: int = FLOOR) -> Attribute:
    """The groups of two attributes together; where either is not recorded, neither is."""
    texts = []
    for one, other in zip(first.codes, second.codes, strict=True):
        pair = first.levels[one], second.levels[other]
        known = not {NOT_RECORDED, TOO_FEW} & set(pair)
        texts.append(" × ".join(pair) if known else "")
    order = [f"{a} × {b}" for a in first.levels for b in second.levels]
    return _levelled(f"{first.column} × {second.column}", "other", texts, order, (), floor)


def _levelled(
    column: str, kind: Kind, texts: list[str], order: list[str], cuts: tuple[float, ...], floor: int
) -> Attribute:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    known = [name for name in counts if name]
    ranked = sorted(known, key=lambda name: (-counts[name], name))
    kept = {name for name in ranked[:MOST_LEVELS] if counts[name] >= floor}
    shown = [name for name in order if name in kept] if order else [name for name in ranked if name in kept]
    merged = {name: counts[name] for name in ranked if name not in kept}
    levels = [*shown, *([TOO_FEW] if merged else []), *([NOT_RECORDED] if "" in counts else [])]
    place = {name: index for index, name in enumerate(shown)}
    place |= {name: len(shown) for name in merged}
    place[""] = len(levels) - 1
    codes = np.asarray([place[text] for text in texts], dtype=np.int64)
    return Attribute(column, kind, tuple(levels), codes, cuts, merged)


def _text(value: Any) -> str:
    """As a person writes it; "" where it says nothing."""
    if value is None or (isinstance(value, float | np.floating) and not np.isfinite(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    text = " ".join(str(value).split())
    return "" if is_absent(text) else text


def _numbers(texts: list[str]) -> NDArray[np.float64] | None:
    """(n,) NaN where nothing is said; None where a text is no number (or DICOM age)."""
    said = [years(text) if text else np.nan for text in texts]
    if None in said:
        return None
    found = np.asarray(said, dtype=np.float64)
    return None if np.isnan(found).all() else np.where(np.isfinite(found), found, np.nan)


def _quartiles(numbers: NDArray[np.float64]) -> tuple[float, ...]:
    known = numbers[np.isfinite(numbers)]
    cuts = np.unique(np.quantile(known, [0.25, 0.5, 0.75]))
    return tuple(float(f"{cut:.6g}") for cut in cuts if known.min() < cut)


def _band_names(cuts: tuple[float, ...]) -> list[str]:
    if not cuts:
        return ["all"]
    middle = [f"{low:g} to under {high:g}" for low, high in pairwise(cuts)]
    return [f"under {cuts[0]:g}", *middle, f"{cuts[-1]:g} and over"]
