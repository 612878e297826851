"""What distinguishes a group from other cases, in words: darker, of site X, mostly of one class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from thirdeye.evaluation.attributes import NOT_RECORDED, TOO_FEW, read_attribute
from thirdeye.evaluation.strata_side import Flags, Side

FAR = 0.5  # standard deviations; Cohen (1988): a medium difference
COMMON = 0.3
TIMES = 1.5
MOST = 5


def distinguishing(side: Side, rows: Flags) -> list[dict[str, Any]]:
    """Facts by which a group stands out from the others, the most telling first; at most `MOST`.

    Numbers: means at least `FAR` standard deviations apart. Metadata and classes: a value of at least
    `COMMON` of the group that is `TIMES` as common as among the others.

    Args:
        side: the cases.
        rows: (n,) the group.
    """
    if rows.all() or not rows.any():
        return []
    found = [
        *_numbers(side.facts, rows),
        *(one for name, values in side.columns.items() for one in _values(name, list(values), rows)),
        *_classes(side, rows),
    ]
    return sorted(found, key=lambda one: -one["strength"])[:MOST]


def _numbers(facts: Mapping[str, Any], rows: Flags) -> list[dict[str, Any]]:
    found = []
    for name, values in facts.items():
        inside, outside = values[rows & np.isfinite(values)], values[~rows & np.isfinite(values)]
        if min(inside.size, outside.size) < 2:
            continue
        spread = float(np.sqrt((inside.var(ddof=1) + outside.var(ddof=1)) / 2))
        apart = float(inside.mean() - outside.mean()) / spread if spread > 0 else 0.0
        if abs(apart) >= FAR:
            found.append(
                {"fact": name, "kind": "number", "direction": "higher" if apart > 0 else "lower",
                 "inside": float(inside.mean()), "outside": float(outside.mean()), "strength": abs(apart)}
            )  # fmt: skip
    return found


def _values(name: str, values: list[Any], rows: Flags) -> list[dict[str, Any]]:
    attribute = read_attribute(name, values)
    return [
        one
        for code, level in enumerate(attribute.levels)
        if level not in (TOO_FEW, NOT_RECORDED)
        and (one := _share(f"{name}: {level}", "value", attribute.rows(code), rows)) is not None
    ]


def _classes(side: Side, rows: Flags) -> list[dict[str, Any]]:
    names = [(f"class {name}", side.cases.membership[:, c]) for c, name in enumerate(side.cases.classes)]
    return [one for name, has in names if (one := _share(name, "class", has, rows)) is not None]


def _share(name: str, kind: str, has: Flags, rows: Flags) -> dict[str, Any] | None:
    inside, outside = float(has[rows].mean()), float(has[~rows].mean())
    if inside < COMMON or inside < TIMES * outside:
        return None
    strength = 2 * float(np.arcsin(np.sqrt(inside)) - np.arcsin(np.sqrt(outside)))  # Cohen's h
    return {"fact": name, "kind": kind, "direction": "more common", "inside": inside, "outside": outside,
            "strength": strength}  # fmt: skip


def in_words(facts: list[dict[str, Any]]) -> str:
    """The facts as a clause; "" where nothing distinguishes the group."""
    return "; ".join(map(_clause, facts))


def _clause(one: Mapping[str, Any]) -> str:
    if one["kind"] == "number":
        return f"{one['direction']} {one['fact']} ({one['inside']:.3g} against {one['outside']:.3g})"
    return f"{one['fact']} ({one['inside']:.0%} against {one['outside']:.0%})"
