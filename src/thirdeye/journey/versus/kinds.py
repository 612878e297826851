"""Two classifiers that learnt other classes of one taxonomy, compared on the kinds of a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.intake.words import listed
from thirdeye.journey.versus.side import Side

Groups = Mapping[str, tuple[str, ...]]


def at_level(first: Side, second: Side, level: str) -> tuple[Side, Side]:
    """Both sides as if they had learnt the kinds of a level: what they said is summed up.

    A side that does not have the level has to have learnt its kinds themselves.

    Args:
        first, second: classifiers.
        level: name of a level of the taxonomy ("9 ways").

    Raises:
        UsageError: neither study has such a level.
        StudyMismatch: a class of one of them is of none of the kinds, or labels do not exclude each other.
    """
    entries = [_entry(side, level) for side in (first, second)]
    known = next((one for one in entries if one is not None), None)
    if known is None:
        names = [str(one["name"]) for side in (first, second) for one in side.test.get("levels") or []]
        there = listed(list(dict.fromkeys(names)), 8)
        raise UsageError(f"no level is called '{level}'; the studies have {there or 'none'}")
    kinds, positive = tuple(sorted(known["groups"])), known.get("positive")
    one, other = (
        _summed(side, _groups(side, entry, kinds), kinds, positive)
        for side, entry in zip((first, second), entries, strict=True)
    )
    return one, other


def _entry(side: Side, level: str) -> Mapping[str, Any] | None:
    found = [one for one in side.test.get("levels") or [] if one["name"] == level]
    return found[0] if found else None


def _groups(side: Side, entry: Mapping[str, Any] | None, kinds: tuple[str, ...]) -> Groups:
    """Kind to the classes of a side that are of it."""
    classes = side.plan["classes"]
    given = {kind: (kind,) for kind in classes} if entry is None else entry["groups"]
    groups = {str(kind): tuple(held) for kind, held in given.items()}
    held = {name for group in groups.values() for name in group}
    strange = [kind for kind in groups if kind not in kinds] + [name for name in classes if name not in held]
    if strange or side.task == "multilabel":
        why = f"'{strange[0]}' is of none of them" if strange else "its labels do not exclude each other"
        raise StudyMismatch(f"the {side.name} cannot answer for these kinds: {why}")
    return groups


def _summed(side: Side, groups: Groups, kinds: tuple[str, ...], positive: str | None) -> Side:
    """The side with the probability and the label of each kind in the place of its classes."""
    kind_of = {name: kind for kind, held in groups.items() for name in held}
    table = side.predictions
    sums = {
        f"probability_{kind}": table[[f"probability_{name}" for name in groups.get(kind, ())]]
        .sum(axis=1)
        .clip(0.0, 1.0)  # sums of rounded numbers may pass 1 by a hair
        for kind in kinds
    }
    kept = table[[column for column in table if not str(column).startswith("probability_")]]
    predictions = kept.assign(label=table["label"].map(kind_of), **sums)
    task = "binary" if len(kinds) == 2 and positive is not None else "multiclass"
    changed = {"task": task, "classes": list(kinds), "positive": positive if task == "binary" else None}
    test = {name: value for name, value in side.test.items() if name != "operating_points"}
    return replace(side, task=task, predictions=predictions, test=test, plan={**side.plan, **changed})
