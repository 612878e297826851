"""The same measures month by month, or quarter by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.metric import Metric
from thirdeye.reading_room.monitoring.columns import FROM, comparable
from thirdeye.reading_room.monitoring.performance import MEASURES, SIDES, measure
from thirdeye.reading_room.monitoring.reliance import reliance
from thirdeye.reading_room.monitoring.rows import Watched
from thirdeye.reading_room.monitoring.times import median_seconds

MOST_MONTHS = 18  # beyond, quarters


@dataclass(frozen=True)
class Period:
    """A month or a quarter.

    Args:
        name: "2026-03" or "2026-Q1".
        readings: first readings locked in it.
        outcomes: decided cases among them that have an outcome and a number of the machine.
        metrics: side to measure to metric.
        accepted: see `reliance`.
        seconds: median time of a reading.
    """

    name: str
    readings: int
    outcomes: int
    metrics: dict[str, dict[str, Metric]]
    accepted: Metric
    seconds: Metric

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        metrics = {
            side: {name: one.as_json() for name, one in found.items()} for side, found in self.metrics.items()
        }
        return {
            "name": self.name, "readings": self.readings, "outcomes": self.outcomes, "sides": metrics,
            "accepted": self.accepted.as_json(), "seconds": self.seconds.as_json(),
        }  # fmt: skip


def over_time(rows: Sequence[Watched], *, call_from: float = FROM, level: float = 0.95) -> tuple[Period, ...]:
    """Every period in which somebody read, in their order.

    Args:
        rows: of `watched`; planted and unaided ones are left out.
        call_from: see `comparable`.
        level: of the intervals.
    """
    kept = [one for one in rows if one.aided]
    months = sorted({one.at[:7] for one in kept})
    name = _month if len(months) <= MOST_MONTHS else _quarter
    found: dict[str, list[Watched]] = {}
    for one in kept:
        found.setdefault(name(one.at), []).append(one)
    return tuple(_period(period, found[period], call_from, level) for period in sorted(found))


def _period(name: str, rows: Sequence[Watched], call_from: float, level: float) -> Period:
    cases = comparable(rows, call_from=call_from)
    metrics = {
        side: {one: measure(one, cases, side, level=level) for one in MEASURES} for side in SIDES
    } if cases.n else {}  # fmt: skip
    none = cases.of(np.zeros(cases.n, bool))
    return Period(
        name, len(rows), cases.n, metrics, reliance(rows, none, call_from=call_from, level=level).accepted,
        median_seconds([one.seconds for one in rows], [one.patient for one in rows], level=level),
    )  # fmt: skip


def _month(at: str) -> str:
    return at[:7]


def _quarter(at: str) -> str:
    return f"{at[:4]}-Q{(int(at[5:7]) + 2) // 3}"
