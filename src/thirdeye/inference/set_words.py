"""Prediction sets in sentences: which answers are left, and how often the truth is among such answers."""

from __future__ import annotations

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import PredictionSet
from thirdeye.inference.wording import listed, percent, readable

EACH, ALL = "each class", "all cases"


def set_sentences(opinion: Opinion) -> list[str]:
    """A sentence for each different answer; sets that hold the same classes share one.

    Args:
        opinion: whose sets are told.
    """
    alike: dict[tuple[object, ...], list[PredictionSet]] = {}
    for one in opinion.sets:
        common = one.scope in (EACH, ALL)
        alike.setdefault((one.classes, one.coverage, common or one.scope), []).append(one)
    return [f"{_answer(opinion, group)} {_promise(group)}" for group in alike.values()]


def _answer(opinion: Opinion, group: list[PredictionSet]) -> str:
    names = [f"“{readable(name)}”" for name in group[0].classes]
    if not names:
        return "None: the case is unlike those of every class."
    if len(names) > 1:
        return f"Cannot be told apart: {listed(names, 'or')}."
    return f"Only {names[0]} is left{_although(opinion, group[0])}."


def _although(opinion: Opinion, found: PredictionSet) -> str:
    """Why the most probable class is not the one that is left: its own cases look more like it."""
    first = opinion.predicted
    if first is None or first not in opinion.probabilities:
        return ""
    if found.scope != EACH or first in found.classes:
        return ""
    share = f"{100 * found.coverage:.3g}"
    return (
        f", although “{readable(first)}” is more probable ({percent(opinion.probabilities[first])}): of 100 "
        f"validation cases that were “{readable(first)}”, at least {share} looked more like it"
    )


def _promise(group: list[PredictionSet]) -> str:
    """How often such a list of answers holds the truth, and for whom."""
    share = f"{100 * group[0].coverage:.3g}"
    scopes = {one.scope for one in group}
    if scopes == {EACH, ALL}:
        whom = ", over all cases and within each class"
    elif scopes == {EACH}:
        whom = " of each class"
    else:
        whom = "" if scopes == {ALL} else f" ({readable(group[0].scope)})"
    return f"Such a list holds the truth in at least {share} of 100 cases{whom}."
