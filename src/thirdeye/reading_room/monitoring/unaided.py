"""Readings without the machine at intervals: do doctors keep what they could do alone?

Unaided readings are compared with the first readings of aided cases (before the machine is seen), and early
unaided ones with late ones. The cases differ, so the comparisons are of independent sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.shift import TwoSets, independent_auc_difference
from thirdeye.reading_room.monitoring.columns import FROM
from thirdeye.reading_room.monitoring.rows import Watched
from thirdeye.reading_room.workflow.states import UNAIDED

FEWEST = 20  # readings with an outcome, before early ones are compared with late ones


@dataclass(frozen=True)
class Group:
    """Readings that belong together.

    Args:
        name: "unaided", "aided_first", "unaided_early", "unaided_late".
        since, until: days of the first and the last; "" without any.
        auc, sensitivity, specificity: of the doctors' own probabilities.
    """

    name: str
    since: str
    until: str
    auc: Metric
    sensitivity: Metric
    specificity: Metric

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        metrics = {name: getattr(self, name).as_json() for name in ("auc", "sensitivity", "specificity")}
        return {"name": self.name, "since": self.since, "until": self.until, **metrics}


@dataclass(frozen=True)
class Unaided:
    """Unaided readings beside others.

    Args:
        groups: with at least one reading.
        change: AUC of the late unaided readings minus the early ones; None with too few.
        against_aided: AUC of the first readings of aided cases minus that of unaided ones; None without both.
    """

    groups: tuple[Group, ...]
    change: TwoSets | None
    against_aided: TwoSets | None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "groups": [one.as_json() for one in self.groups],
            "change": None if self.change is None else self.change.as_json(),
            "against_aided": None if self.against_aided is None else self.against_aided.as_json(),
        }


def unaided(rows: Sequence[Watched], *, call_from: float = FROM, level: float = 0.95) -> Unaided:
    """Unaided readings with a known outcome, against aided ones and over time.

    Args:
        rows: of `watched`, in their order.
        call_from: see `comparable`.
        level: of the intervals, over patients.
    """
    known = [one for one in rows if one.truth is not None and not one.planted]
    alone = [one for one in known if one.part == UNAIDED]
    aided = [one for one in known if one.aided]
    if not alone:
        return Unaided((), None, None)
    half = len(alone) // 2 if len(alone) >= FEWEST else 0
    named = {"unaided": alone, "aided_first": aided, "unaided_early": alone[:half],
             "unaided_late": alone[half:] if half else []}  # fmt: skip
    groups = {name: _group(name, of, call_from, level) for name, of in named.items() if of}
    return Unaided(
        tuple(groups.values()), _gap(groups, "unaided_early", "unaided_late", level),
        _gap(groups, "unaided", "aided_first", level),
    )  # fmt: skip


def _gap(groups: dict[str, Group], first: str, second: str, level: float) -> TwoSets | None:
    if first not in groups or second not in groups:
        return None
    return independent_auc_difference(groups[first].auc.as_json(), groups[second].auc.as_json(), level=level)


def _group(name: str, rows: Sequence[Watched], call_from: float, level: float) -> Group:
    truth = np.array([bool(one.truth) for one in rows])
    scores = np.array([one.doctor for one in rows])
    patients = np.array([one.patient for one in rows])
    right = (scores >= call_from) == truth

    def rate(called: str, among: Any, empty: str) -> Metric:
        groups = patients[among] if among.any() else None
        return proportion(right[among], name=called, clusters=groups, level=level, empty=empty)

    return Group(
        name, rows[0].at[:10], rows[-1].at[:10], auc(truth, scores, clusters=patients, level=level),
        rate("sensitivity", truth, "no case has the condition"),
        rate("specificity", ~truth, "every case has the condition"),
    )  # fmt: skip
