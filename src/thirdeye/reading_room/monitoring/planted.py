"""Planted cases: past ones on which the machine is known to be wrong. Do doctors notice?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.reading_room.monitoring.columns import FROM
from thirdeye.reading_room.monitoring.rows import Watched


@dataclass(frozen=True)
class Planted:
    """What came of planted cases.

    Args:
        read: how many were decided.
        detected: share in which the final call was right against the machine.
        misled: share, of those first called rightly, in which the doctor then followed the machine.
    """

    read: int
    detected: Metric
    misled: Metric

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"read": self.read, "detected": self.detected.as_json(), "misled": self.misled.as_json()}


def planted(rows: Sequence[Watched], *, call_from: float = FROM, level: float = 0.95) -> Planted:
    """Measures over the planted cases that were decided.

    Args:
        rows: of `watched`.
        call_from: see `comparable`.
        level: of the intervals, over patients.
    """
    decided = [one for one in rows if one.planted and one.pair is not None and one.truth is not None]
    right = [one for one in decided if (one.doctor >= call_from) == one.truth]

    def held(among: Sequence[Watched], name: str, *, followed: bool) -> Metric:
        hits = [((float(one.pair or 0) >= call_from) != one.truth) == followed for one in among]
        patients = [one.patient for one in among] or None
        return proportion(hits, name=name, clusters=patients, level=level, empty="no such planted case")

    return Planted(
        len(decided), held(decided, "planted_detected", followed=False),
        held(right, "planted_misled", followed=True),
    )  # fmt: skip
