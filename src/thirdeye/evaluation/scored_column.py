"""Everything that can be said of one column of probabilities, on common resamples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.calibration_error import (
    Forecast,
    calibration_error_metrics,
    calibration_error_statistic,
)
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.confusion import class_totals
from thirdeye.evaluation.curves import MAX_POINTS, calibration_of, curves_of
from thirdeye.evaluation.likelihood_ratio import Calls, ratio_metrics
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.net_benefit import decision_block, net_benefit_metric, net_benefit_statistic
from thirdeye.evaluation.predictive_value import adjusted_headline, predictive_block
from thirdeye.evaluation.proper_scores import brier, brier_columns, brier_scaled, log_loss
from thirdeye.evaluation.ranked_evidence import pr_band, ranked_metrics, roc_band
from thirdeye.evaluation.ranked_resamples import ranked_statistic
from thirdeye.evaluation.rates import composite_metrics, rate_metrics, units_of
from thirdeye.evaluation.smooth_band import smooth_block, smooth_draws, smooth_metrics, smooth_of
from thirdeye.evaluation.smooth_calibration import SmoothCalibration
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

    @property
    def calls(self) -> list[Calls]:
        """The calls at each operating point."""
        cases = self.cases
        return [
            Calls(self.truth, self.scores >= point.threshold, cases.groups, cases.level)
            for point in self.thresholds
        ]

    def metrics(self) -> list[Metric]:
        """Measures without a threshold, then those at each operating point."""
        known: dict[str, Any] = {"clusters": self.cases.groups, "level": self.cases.level}
        return [
            *self.ranked(),
            brier(self.truth, self.scores, **known),
            brier_scaled(self.truth, self.scores, self._cut[1], **known),
            log_loss(self.truth, self.scores, **known),
            *calibration_metrics(self.truth, self.scores, **known),
            *smooth_metrics(
                self.forecast, self._smooth_draws, found=self._smooth, groups=self.cases.groups,
                level=self.cases.level,
            ),
            *self.at_thresholds(),
        ]  # fmt: skip

    def ranked(self) -> list[Metric]:
        """AUC, average precision, area under precision-recall and partial areas."""
        groups, level = self.cases.groups, self.cases.level
        return ranked_metrics(self.truth, self.scores, *self._ranked, groups=groups, level=level)

    def at_thresholds(self) -> list[Metric]:
        """The measures at each operating point."""
        return [metric for at in range(len(self.thresholds)) for metric in self._at(at)]

    @cached_property
    def blocks(self) -> dict[str, Any]:
        """Predictive values over prevalences, decision curve and smooth calibration, JSON-ready."""
        cases = self.cases
        pairs = list(zip(self.thresholds, self.calls, strict=True))
        return {
            "predictive_values": predictive_block(
                pairs, of_set=float(self.truth.mean()), stated=cases.prevalences
            ),
            "decision_curve": decision_block(
                self.truth, self.scores, self._cut[2], points=self.thresholds, prevalences=cases.prevalences,
                level=cases.level,
            ),
            "smooth_calibration": smooth_block(
                self.forecast, self._smooth_draws, found=self._smooth, level=cases.level
            ),
        }  # fmt: skip

    def curves(self, *, at_most: int = MAX_POINTS) -> dict[str, Any]:
        """ROC and precision-recall with their bands, and the reliability curve, JSON-ready."""
        cases = self.cases
        held = curves_of(self.truth, self.scores, groups=cases.groups, level=cases.level, at_most=at_most)
        for name, band in (("roc", roc_band), ("pr", pr_band)):
            if held[name] is not None:
                held[name]["band"] = band(*self._ranked, level=cases.level)
        return held

    def calibration(self) -> dict[str, Any]:
        """The calibration block, JSON-ready."""
        groups, level = self.cases.groups, self.cases.level
        errors = calibration_error_metrics(self.forecast, self._cut[0], n_clusters=groups.count, level=level)
        return calibration_of(self.forecast, errors, groups=groups, level=level)

    @cached_property
    def _ranked(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What rests on the ranking: resampled, and of all cases."""
        groups = self.cases.groups
        statistic = ranked_statistic(self.truth, self.scores, groups)
        draws = resample([statistic], groups.count, n_resamples=self.cases.n_resamples, seed=self.cases.seed)
        return draws[0], statistic(np.ones((1, groups.count), dtype=np.float32))

    @cached_property
    def _totals(self) -> list[NDArray[np.float32]]:
        return [class_totals(self.truth, self.scores >= point.threshold, k=2) for point in self.thresholds]

    @cached_property
    def _cut(self) -> list[NDArray[np.float64]]:
        """Calibration errors, sums of the Brier score, counts of net benefit, and totals of each point."""
        groups = self.cases.groups
        statistics = [
            calibration_error_statistic([self.forecast], groups),
            totals_statistic(brier_columns(self.truth, self.scores), groups),
            net_benefit_statistic(
                self.truth, self.scores, [point.threshold for point in self.thresholds], groups
            ),
            *(totals_statistic(columns, groups) for columns in self._totals),
        ]
        return resample(statistics, groups.count, n_resamples=self.cases.n_resamples, seed=self.cases.seed)

    @cached_property
    def _smooth(self) -> SmoothCalibration | None:
        return smooth_of(self.forecast, self.cases.level)

    @cached_property
    def _smooth_draws(self) -> NDArray[np.float64]:
        if self._smooth is None:
            return np.empty((0, 0))
        return smooth_draws(
            self.forecast, self.cases.groups, n_resamples=self.cases.n_resamples, seed=self.cases.seed
        )

    def _at(self, index: int) -> list[Metric]:
        point, calls, cases = self.thresholds[index], self.calls[index], self.cases
        groups, level = cases.groups, cases.level
        found = rate_metrics(self.truth, calls.called, groups=groups, level=level)
        if cases.prevalences:
            found = [metric for metric in found if metric.name not in ("ppv", "npv")]
            found[2:2] = adjusted_headline(calls, cases.prevalences[0])
        found += ratio_metrics(calls)
        found += composite_metrics(
            self._totals[index].sum(axis=0, dtype=np.float64), self._cut[3 + index],
            units=units_of(self.truth, groups, k=2), positive=1, n_clusters=groups.count, level=level,
        )  # fmt: skip
        found.append(
            net_benefit_metric(
                self.truth, self.scores, self._cut[2], index=index, point=point, groups=groups, level=level
            )
        )
        return [point.mark(metric) for metric in found]
