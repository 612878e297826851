"""Everything that is watched of a study, in one form that can be shown, drawn and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.evaluation.metric import Metric
from thirdeye.inference.stream import Stream
from thirdeye.reading_room.monitoring.columns import FROM, Columns, comparable
from thirdeye.reading_room.monitoring.drifts import Drifts, drifts
from thirdeye.reading_room.monitoring.over_time import Period, over_time
from thirdeye.reading_room.monitoring.performance import Performance, performance
from thirdeye.reading_room.monitoring.planted import Planted, planted
from thirdeye.reading_room.monitoring.reliance import Reliance, reliance
from thirdeye.reading_room.monitoring.rows import Watched
from thirdeye.reading_room.monitoring.times import median_seconds
from thirdeye.reading_room.monitoring.unaided import Unaided, unaided
from thirdeye.reading_room.workflow.states import UNAIDED

MONITORING_VERSION = 1


@dataclass(frozen=True)
class Counts:
    """What the measures rest on.

    Args:
        readings: first readings, aided and not; without planted ones.
        decided: aided ones with a decision.
        outcomes: decided ones with an outcome.
        compared: those of them about which the machine gave a number.
        abstained: decided ones on which it abstained.
        patients, readers: among the compared.
        unaided: readings without the machine.
    """

    readings: int
    decided: int
    outcomes: int
    compared: int
    abstained: int
    patients: int
    readers: int
    unaided: int


@dataclass(frozen=True)
class Monitoring:
    """What is watched of a study.

    Args:
        call_from: probability from which a doctor's counts as a positive call.
        cases: what performance rests on.
    """

    call_from: float
    counts: Counts
    cases: Columns
    performance: Performance
    reliance: Reliance
    seconds: Metric
    periods: tuple[Period, ...]
    drifts: Drifts
    planted: Planted
    unaided: Unaided

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; nobody is named in it, no case and no patient."""
        return {
            "version": MONITORING_VERSION, "notice": RESEARCH_USE, "call_from": self.call_from,
            "counts": dict(vars(self.counts)), "performance": self.performance.as_json(),
            "reliance": self.reliance.as_json(), "seconds": self.seconds.as_json(),
            "periods": [one.as_json() for one in self.periods], "drift": self.drifts.as_json(),
            "planted": self.planted.as_json(), "unaided": self.unaided.as_json(),
        }  # fmt: skip


def watch(
    rows: Sequence[Watched], stream: Stream, followed: str | None = None, *, call_from: float = FROM,
    level: float = 0.95,
) -> Monitoring:  # fmt: skip
    """All measures of some readings.

    Args:
        rows: of `watched`.
        stream: before its first case, see `thirdeye.inference.stream_start`.
        followed: class whose probability the stream follows.
        call_from: see `comparable`.
        level: of all intervals.
    """
    cases = comparable(rows, call_from=call_from)
    aided = [one for one in rows if one.aided]
    return Monitoring(
        call_from=call_from, counts=_counts(rows, aided, cases), cases=cases,
        performance=performance(cases, level=level),
        reliance=reliance(rows, cases, call_from=call_from, level=level),
        seconds=median_seconds([one.seconds for one in aided], [one.patient for one in aided], level=level),
        periods=over_time(rows, call_from=call_from, level=level),
        drifts=drifts(rows, cases, stream, followed), planted=planted(rows, call_from=call_from, level=level),
        unaided=unaided(rows, call_from=call_from, level=level),
    )  # fmt: skip


def _counts(rows: Sequence[Watched], aided: Sequence[Watched], cases: Columns) -> Counts:
    own = [one for one in rows if not one.planted]
    return Counts(
        readings=len(own), decided=len(aided), outcomes=sum(one.truth is not None for one in aided),
        compared=cases.n, abstained=sum(one.abstained for one in aided),
        patients=len(set(cases.patient)), readers=len(set(cases.reader)),
        unaided=sum(one.part == UNAIDED for one in own),
    )  # fmt: skip
