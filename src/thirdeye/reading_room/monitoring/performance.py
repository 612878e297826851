"""Doctor alone, machine alone, and both together on the same cases, with paired differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import paired_auc, paired_proportion
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.proportion import proportion
from thirdeye.reading_room.monitoring.columns import Array, Columns, Flags

DOCTOR, MACHINE, PAIR = "doctor", "machine", "pair"
SIDES = (DOCTOR, MACHINE, PAIR)
MEASURES = ("auc", "sensitivity", "specificity")
COMPARED = ((PAIR, DOCTOR), (PAIR, MACHINE), (DOCTOR, MACHINE))
_AMONG: dict[str, Callable[[Flags], Flags]] = {
    "sensitivity": lambda truth: truth,
    "specificity": lambda truth: ~truth,
}
_EMPTY = {"sensitivity": "no case has the condition", "specificity": "every case has the condition"}


@dataclass(frozen=True)
class Comparison:
    """One measure of two sides on the same cases.

    Args:
        first, second: names of `SIDES`.
        measured: both metrics and their paired difference.
    """

    first: str
    second: str
    measured: Measured

    @property
    def difference(self) -> Metric:
        """First minus second."""
        return Metric.from_json(self.measured.as_json()["difference"])

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**self.measured.as_json(), "sides": [self.first, self.second]}


@dataclass(frozen=True)
class Performance:
    """How well each side does.

    Args:
        metrics: side to the metrics of `MEASURES`, in their order.
        comparisons: those of `COMPARED` for each measure.
    """

    metrics: dict[str, tuple[Metric, ...]]
    comparisons: tuple[Comparison, ...]

    def metric(self, side: str, measure: str) -> Metric:
        """One metric of one side."""
        return self.metrics[side][MEASURES.index(measure)]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "sides": {side: [one.as_json() for one in found] for side, found in self.metrics.items()},
            "comparisons": [one.as_json() for one in self.comparisons],
        }


def performance(cases: Columns, *, level: float = 0.95) -> Performance:
    """The measures of every side; intervals and tests are taken over patients.

    Args:
        cases: with outcome.
        level: of the intervals.
    """
    if not cases.n:
        return Performance({side: tuple(_nothing(name) for name in MEASURES) for side in SIDES}, ())
    metrics = {side: tuple(measure(name, cases, side, level=level) for name in MEASURES) for side in SIDES}
    found = [_compared(name, cases, pair, metrics, level) for pair in COMPARED for name in MEASURES]
    return Performance(metrics, tuple(found))


def measure(name: str, cases: Columns, side: str, *, level: float = 0.95) -> Metric:
    """One of `MEASURES` of one of `SIDES`."""
    if name == "auc":
        return auc(cases.truth, scores_of(cases, side), clusters=cases.patient, level=level)
    among = _AMONG[name](cases.truth)
    return proportion(
        _right(cases, side)[among], name=name, clusters=cases.patient[among] if among.any() else None,
        level=level, empty=_EMPTY[name],
    )  # fmt: skip


def scores_of(cases: Columns, side: str) -> Array:
    """(n,) probabilities that a side gives."""
    found: Array = getattr(cases, side)
    return found


def _right(cases: Columns, side: str) -> Flags:
    found: Flags = getattr(cases, f"{side}_calls") == cases.truth
    return found


def _compared(
    name: str, cases: Columns, pair: tuple[str, str], metrics: dict[str, tuple[Metric, ...]], level: float
) -> Comparison:
    at = MEASURES.index(name)
    one, other = metrics[pair[0]][at], metrics[pair[1]][at]
    if one.value is None or other.value is None:
        return Comparison(*pair, Measured(one, other, None))
    if name == "auc":
        first, second = (scores_of(cases, side) for side in pair)
        result = paired_auc(cases.truth, first, second, clusters=cases.patient, level=level)
        return Comparison(*pair, Measured(one, other, result))
    among = _AMONG[name](cases.truth)
    first_right, second_right = (_right(cases, side)[among] for side in pair)
    gap = paired_proportion(first_right, second_right, clusters=cases.patient[among], level=level)
    return Comparison(*pair, Measured(one, other, gap))


def _nothing(name: str) -> Metric:
    return Metric(
        name=name, value=None, n=0, status="undefined",
        reason="no decided case has both a known outcome and an opinion",
    )  # fmt: skip
