"""Everything that can be said of one column of probabilities, on common resamples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.bootstrap import bootstrap_metric, resample
from thirdeye.evaluation.bootstrap_statistics import average_precision_statistic, totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import class_totals
from thirdeye.evaluation.curves import calibration_of
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.precision_recall import CONVENTION, average_precision_value
from thirdeye.evaluation.proper_scores import brier
from thirdeye.evaluation.rates import composite_metrics, rate_metrics, units_of
from thirdeye.evaluation.threshold import Threshold, half


def with_half(thresholds: Sequence[Threshold], class_name: str | None) -> list[Threshold]:
    """The operating points of one class, and probability 0.5 unless it is among them."""
    mine = [point for point in thresholds if point.class_name == class_name]
    plain = half(class_name)
    return mine if any(point.name == plain.name for point in mine) else [*mine, plain]


@dataclass(frozen=True)
class ScoredColumn:
    """One class of a set, with the thresholds that cut it.

    Args:
        cases: the set.
        column: the class.
        thresholds: operating points, which mark the metrics with their class.
        kind: what the probability is of, see `Forecast`.
    """

    cases: CaseSet
    column: int
    thresholds: Sequence[Threshold]
    kind: str

    @property
    def truth(self) -> NDArray[np.bool_]:
        """(n,) whether the case has the label."""
        return self.cases.membership[:, self.column]

    @property
    def scores(self) -> NDArray[np.float64]:
        """(n,) its probability."""
        return self.cases.probabilities[:, self.column]

    @property
    def forecast(self) -> Forecast:
        """The probabilities as a forecast."""
        name = None if self.kind == "positive_class" else self.cases.classes[self.column]
        return Forecast(self.truth, self.scores, self.kind, name)

    @cached_property
    def _totals(self) -> list[NDArray[np.float32]]:
        return [class_totals(self.truth, self.scores >= point.threshold, k=2) for point in self.thresholds]

    @cached_property
    def _draws(self) -> list[NDArray[np.float64]]:
        groups = self.cases.groups
        statistics = [
            average_precision_statistic(self.truth, self.scores, groups),
            calibration_error_statistic([self.forecast], groups),
            *(totals_statistic(columns, groups) for columns in self._totals),
        ]
        return resample(statistics, groups.count, n_resamples=self.cases.n_resamples, seed=self.cases.seed)

    def metrics(self) -> list[Metric]:
        """Measures without a threshold, then those at each operating point."""
        known: dict[str, Any] = {"clusters": self.cases.groups, "level": self.cases.level}
        return [
            auc(self.truth, self.scores, **known),
            self._average_precision(),
            brier(self.truth, self.scores, **known),
            *calibration_metrics(self.truth, self.scores, **known),
            *self.at_thresholds(),
        ]

    def at_thresholds(self) -> list[Metric]:
        """The measures at each operating point."""
        return [metric for at in range(len(self.thresholds)) for metric in self._at(at)]

    def calibration(self) -> dict[str, Any]:
        """The calibration block, JSON-ready."""
        groups, level = self.cases.groups, self.cases.level
        errors = calibration_error_metrics(
            self.forecast, self._draws[1], n_clusters=groups.count, level=level
        )
        return calibration_of(self.forecast, errors, groups=groups, level=level)

    def _average_precision(self) -> Metric:
        n_pos, n = int(self.truth.sum()), self.truth.size
        return bootstrap_metric(
            "average_precision", average_precision_value(self.truth, self.scores), self._draws[0][:, 0],
            reason="no positive case", n=n, n_clusters=self.cases.groups.count, groups_of=n_pos,
            level=self.cases.level, convention=CONVENTION, n_pos=n_pos, n_neg=n - n_pos,
            details={"prevalence": n_pos / n},
        )  # fmt: skip

    def _at(self, index: int) -> list[Metric]:
        point, columns, drawn = self.thresholds[index], self._totals[index], self._draws[2 + index]
        groups, level = self.cases.groups, self.cases.level
        found = rate_metrics(self.truth, self.scores >= point.threshold, groups=groups, level=level)
        found += composite_metrics(
            columns.sum(axis=0, dtype=np.float64), drawn, units=units_of(self.truth, groups, k=2), positive=1,
            n_clusters=groups.count, level=level,
        )  # fmt: skip
        return [point.mark(metric) for metric in found]
