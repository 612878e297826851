"""A control chart over a stream of cases: an exponentially weighted mean with limits.

Each value is turned into its place among reference values and that into a standard normal number, so the
chart assumes nothing of the values themselves. The weighted mean (Roberts, Technometrics 1959) rings when it
leaves its limits. They are wider than in the textbook by the error of the reference, a sample itself.
In control, and for independent cases, at most one chart in forty rings within 1,000 cases (checked by
simulation in the tests); two charts side by side thus give at most one false alarm in twenty such streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.scalars import check_number

WEIGHT = 0.05  # of the newest case: about the last forty cases count
SIGMAS = 4.1  # width of the limits, in standard errors of the weighted mean
CASES_PROMISED = 1000
FALSE_ALARMS_PROMISED = 0.025  # share of charts that ring within so many cases though nothing changed
FEWEST_REFERENCE = 50


@dataclass(frozen=True)
class Chart:
    """How far a stream has come.

    Args:
        n: cases so far.
        level: weighted mean of the standard normal numbers; 0 is in control.
        started: number of the case, from 1, at which the level last left 0 for its present side; 0: never.
        rang: number of the case at which the chart first rang; 0: it has not.
    """

    n: int = 0
    level: float = 0.0
    started: int = 0
    rang: int = 0

    def with_value(self, value: float, reference: Sequence[float]) -> Chart:
        """The chart with one case more.

        Args:
            value: of the case.
            reference: ascending values of cases in control, `FEWEST_REFERENCE` or more.
        """
        level = (1 - WEIGHT) * self.level + WEIGHT * standing(value, reference)
        n, turned = self.n + 1, self.level == 0 or (level > 0) != (self.level > 0)
        rang = self.rang or (n if abs(level) > limit(len(reference)) else 0)
        return Chart(n, level, n if turned and not self.rang else self.started, rang)

    def with_values(self, values: Iterable[float], reference: Sequence[float]) -> Chart:
        """The chart with several cases more, in their order."""
        chart = self
        for value in values:
            chart = chart.with_value(value, reference)
        return chart

    def quiet_again(self) -> Chart:
        """The chart as new, with the number of cases kept."""
        return replace(self, level=0.0, started=0, rang=0)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, form: Any) -> Chart:
        """What `as_json` gave.

        Raises:
            UsageError: it is not a chart.
        """
        try:
            counts = [int(form[name]) for name in ("n", "started", "rang")]
            level = check_number("level", form["level"], -10)
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(f"this is no state of a control chart ({error})") from error
        if min(counts) < 0:
            raise UsageError(f"a control chart counts cases from 0, not {min(counts)}")
        return cls(counts[0], level, counts[1], counts[2])


def standing(value: float, reference: Sequence[float]) -> float:
    """A value's place among ascending reference values as a standard normal number; ties share the middle."""
    below = int(np.searchsorted(reference, value, side="left"))
    up_to = int(np.searchsorted(reference, value, side="right"))
    share = ((below + up_to) / 2 + 0.5) / (len(reference) + 1)
    return NormalDist().inv_cdf(share)


def limit(n_reference: int) -> float:
    """How far the level may lie from 0.

    Args:
        n_reference: size of the reference.

    Raises:
        UsageError: fewer than `FEWEST_REFERENCE`.
    """
    if n_reference < FEWEST_REFERENCE:
        raise UsageError(f"a control chart needs {FEWEST_REFERENCE} cases in control, not {n_reference}")
    return SIGMAS * float(np.sqrt(WEIGHT / (2 - WEIGHT) + 1 / n_reference))
