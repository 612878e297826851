"""Whether calibration and the cases that come are still what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.evaluation.drift import CALIBRATED, Drift, calibration_drift
from thirdeye.evaluation.reliability import reliability_curve
from thirdeye.inference.stream import Stream, state_of
from thirdeye.reading_room.monitoring.columns import Columns
from thirdeye.reading_room.monitoring.performance import DOCTOR, MACHINE, PAIR, scores_of
from thirdeye.reading_room.monitoring.rows import Watched

SMALLEST_WINDOW, LARGEST_WINDOW = 50, 200
CALIBRATION_OF = (MACHINE, DOCTOR, PAIR)


@dataclass(frozen=True)
class Drifts:
    """Drift of calibration and of input.

    Args:
        calibration: side to windows; empty with fewer than `SMALLEST_WINDOW` cases.
        window: cases of each.
        since, until: first and last day of each window.
        stream: charts of the cases that came, outcome known or not.
        watched: class whose probability is followed.
        trails: chart to the level after each case, in control near 0.
    """

    calibration: dict[str, Drift]
    window: int
    since: tuple[str, ...]
    until: tuple[str, ...]
    stream: Stream
    watched: str | None
    trails: dict[str, tuple[float, ...]]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "window": self.window,
            "reference": dict(CALIBRATED),
            "calibration": {side: _drift_json(one, self) for side, one in self.calibration.items()},
            "input": {
                "cases": self.stream.cases, "abstained": self.stream.abstained,
                "rang": list(self.stream.rang), "watched": self.watched, "charts": state_of(self.stream),
            },
        }  # fmt: skip


def drifts(rows: Sequence[Watched], cases: Columns, start: Stream, watched: str | None) -> Drifts:
    """Charts over the readings in their order.

    Args:
        rows: of `watched`; planted ones are left out.
        cases: those among them with an outcome.
        start: a stream before its first case, see `thirdeye.inference.stream_start`.
        watched: class whose probability is followed.
    """
    stream, trails = _followed(rows, start)
    window = min(LARGEST_WINDOW, max(SMALLEST_WINDOW, cases.n // 4))
    if cases.n < SMALLEST_WINDOW:
        return Drifts({}, window, (), (), stream, watched, trails)
    found = {
        side: calibration_drift(
            cases.truth, scores_of(cases, side), cases.at, window=window, clusters=cases.patient
        )
        for side in CALIBRATION_OF
    }
    windows = found[MACHINE].windows
    days = [tuple(str(cases.at[getattr(one, end)])[:10] for one in windows) for end in ("first", "last")]
    return Drifts(found, window, days[0], days[1], stream, watched, trails)


def _followed(rows: Sequence[Watched], stream: Stream) -> tuple[Stream, dict[str, tuple[float, ...]]]:
    """The stream after every case that the machine has spoken about, once each; and the way there."""
    trails: dict[str, list[float]] = {}
    seen: set[str] = set()
    for one in rows:
        if one.planted or one.case in seen or (one.machine is None and not one.abstained):
            continue
        seen.add(one.case)
        values = {"distance": one.distance, "probability": one.machine}
        given = {name: float(value) for name, value in values.items() if value is not None}
        stream = stream.with_case(given, abstained=one.abstained)
        for name, chart in stream.charts.items():
            trails.setdefault(name, []).append(chart.level)
    return stream, {name: tuple(levels) for name, levels in trails.items()}


def reliability(cases: Columns, side: str) -> list[dict[str, Any]]:
    """Observed against predicted of a side, in bins of equal width; empty without cases."""
    return reliability_curve(cases.truth, scores_of(cases, side)) if cases.n else []


def _drift_json(drift: Drift, of: Drifts) -> list[dict[str, Any]]:
    return [
        {
            "since": of.since[number], "until": of.until[number], "first": one.first, "last": one.last,
            "metrics": [metric.as_json() for metric in one.metrics],
            "limits": {name: list(pair) for name, pair in one.limits.items()}, "outside": list(one.outside),
        }
        for number, one in enumerate(drift.windows)
    ]  # fmt: skip
