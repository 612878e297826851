"""Measures of two models on the same cases, each with both values and their difference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.agreement import kappa_of_table, kappa_statistic
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.bootstrap import Statistic, Weights, bootstrap_metric, percentile_interval, resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.confusion import balanced_accuracy, class_totals, confusion_matrix
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.multiclass import auc_macro, macro_influence
from thirdeye.evaluation.paired import PairedDifference, normal_difference, paired_auc, paired_proportion
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion


@dataclass(frozen=True)
class Pair:
    """Two models on the same cases: the same labels with either model's probabilities and thresholds."""

    first: CaseSet
    second: CaseSet

    @property
    def both(self) -> tuple[CaseSet, CaseSet]:
        """First and second."""
        return self.first, self.second


@dataclass(frozen=True)
class Measured:
    """One compared measure.

    Args:
        first, second: the metric of either model.
        result: the paired difference; None where a value is undefined.
    """

    first: Metric
    second: Metric
    result: PairedDifference | None

    def labelled(self, **fields: Any) -> Measured:
        """The same with further fields on both metrics (class, operating point)."""
        return replace(self, first=self.first.with_(**fields), second=self.second.with_(**fields))

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; both values and the difference are metrics."""
        paired = self.result
        return {
            "name": self.first.name,
            "class": self.first.class_name,
            "operating_point": self.first.operating_point,
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "difference": _difference(self).as_json(),
            "test": None if paired is None else paired.test,
            "statistic": None if paired is None else paired.statistic,
            "p_value": None if paired is None else paired.p_value,
        }


def _difference(measure: Measured) -> Metric:
    paired, first = measure.result, measure.first
    fields: dict[str, Any] = {
        "level": first.level, "operating_point": first.operating_point, "class_name": first.class_name,
        "convention": "first minus second, on the same cases",
    }  # fmt: skip
    name = f"{first.name}_difference"
    if paired is None:
        reason = first.reason or measure.second.reason or "undefined for one of the models"
        return undefined(name, reason, n=first.n, **fields)
    if paired.ci_low is None:
        reason = "no variance, or too few cases, to give an interval of the difference"
        fields |= {"status": "degenerate", "reason": reason}
    return Metric(
        name=name, value=paired.difference, n=paired.n, n_clusters=paired.n_clusters, ci_low=paired.ci_low,
        ci_high=paired.ci_high, ci_method=paired.ci_method, **fields,
    )  # fmt: skip


def compare_auc(pair: Pair, column: int) -> Measured:
    """The AUC of one column: paired DeLong, or Obuchowski where patients repeat."""
    truth, groups, level = pair.first.membership[:, column], pair.first.groups, pair.first.level
    scores = [cases.probabilities[:, column] for cases in pair.both]
    one, other = (auc(truth, values, clusters=groups, level=level) for values in scores)
    if one.value is None:
        return Measured(one, other, None)
    return Measured(one, other, paired_auc(truth, *scores, clusters=groups, level=level))


def compare_macro_auc(pair: Pair) -> Measured:
    """The macro AUC, with the variance of the difference from both models' cluster contributions."""
    cases = pair.first
    one, other = (
        auc_macro(
            held.membership,
            held.probabilities,
            classes=list(held.classes),
            clusters=held.groups,
            level=held.level,
        )
        for held in pair.both
    )
    if one.value is None or other.value is None:
        return Measured(one, other, None)
    parts = [macro_influence(held.membership, held.probabilities, held.groups) for held in pair.both]
    variance = None
    if parts[0] is not None and parts[1] is not None:
        gap = parts[0].clusters - parts[1].clusters
        variance = float(gap @ gap)
    result = normal_difference(
        one.value, other.value, variance, method="delta_method_delong_components_paired",
        n=cases.n, n_clusters=cases.groups.count, level=cases.level,
    )  # fmt: skip
    return Measured(one, other, result)


def compare_rate(
    pair: Pair, name: str, first: NDArray[np.bool_], second: NDArray[np.bool_], among: Any
) -> Measured:
    """A share of right calls among some rows: McNemar with Tango's interval, or clustered."""
    rights = [right[among] for right in (first, second)]
    groups = pair.first.groups.of(among) if np.any(among) else None
    level = pair.first.level
    one, other = (proportion(right, name=name, clusters=groups, level=level) for right in rights)
    result = paired_proportion(*rights, clusters=groups, level=level) if np.any(among) else None
    return Measured(one, other, result)


def compare_loss(pair: Pair, name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> Measured:
    """A mean loss, of which less is better: z test of the paired differences over clusters."""
    groups, level = pair.first.groups, pair.first.level
    one, other = (mean_metric(loss, name=name, clusters=groups, level=level) for loss in (first, second))
    error = clustered_mean(first - second, groups).standard_error
    result = normal_difference(
        float(first.mean()), float(second.mean()), None if error is None else error**2,
        method="paired_mean", n=first.size, n_clusters=groups.count, level=level,
    )  # fmt: skip
    return Measured(one, other, result)


def compare_balanced_accuracy(pair: Pair, truth: Any, first: Any, second: Any, *, k: int) -> Measured:
    """Balanced accuracy of two sets of calls: bootstrap by patient."""
    values, statistics = [], []
    for calls in (first, second):
        columns = class_totals(truth, calls, k=k)
        values.append(float(_recalls(columns.sum(axis=0, dtype=np.float64), k)))
        statistics.append(_recall_statistic(columns, pair.first, k))
    fewest = int(np.bincount(np.asarray(truth, dtype=np.int64), minlength=k).min())
    return _bootstrapped("balanced_accuracy", values, statistics, pair.first, fewest)


def _recall_statistic(columns: NDArray[np.float32], cases: CaseSet, k: int) -> Statistic:
    sums = totals_statistic(columns, cases.groups)

    def statistic(weights: Weights) -> NDArray[np.float64]:
        return _recalls(sums(weights), k)[:, None]

    return statistic


def _recalls(totals: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    return balanced_accuracy(totals[..., :k], totals[..., k : 2 * k])


def compare_kappa(pair: Pair) -> Measured:
    """Quadratic kappa of the most probable grades with the truth: bootstrap by patient."""
    cases, k = pair.first, len(pair.first.classes)
    truth, calls = cases.labels, [held.predicted for held in pair.both]
    values = [kappa_of_table(confusion_matrix(truth, call, k=k), "quadratic") for call in calls]
    statistics = [
        kappa_statistic(truth, call, k=k, weights="quadratic", clusters=cases.groups) for call in calls
    ]
    return _bootstrapped("quadratic_kappa", values, statistics, cases, cases.n)


def _bootstrapped(
    name: str, values: list[float], statistics: list[Statistic], cases: CaseSet, fewest: int
) -> Measured:
    n_clusters = cases.groups.count
    drawn = resample(statistics, n_clusters, n_resamples=cases.n_resamples, seed=cases.seed)
    one, other = (
        bootstrap_metric(
            name, value, draws[:, 0], reason="a class is absent, or both sides are constant", n=cases.n,
            n_clusters=n_clusters, groups_of=fewest, level=cases.level,
        )
        for value, draws in zip(values, drawn, strict=True)
    )  # fmt: skip
    if one.value is None or other.value is None:
        return Measured(one, other, None)
    plain = PairedDifference(
        first=one.value,
        second=other.value,
        difference=one.value - other.value,
        n=cases.n,
        n_clusters=n_clusters,
    )
    gaps = (drawn[0] - drawn[1])[:, 0]
    return Measured(one, other, _with_interval(plain, gaps[~np.isnan(gaps)], cases))


def _with_interval(plain: PairedDifference, gaps: NDArray[np.float64], cases: CaseSet) -> PairedDifference:
    if cases.groups.count < 2 or gaps.size < cases.n_resamples / 2 or np.ptp(gaps) == 0:
        return plain
    low, high = percentile_interval(gaps, level=cases.level)
    method = "bootstrap_percentile_by_cluster"
    return replace(plain, ci_low=low, ci_high=high, p_value=bootstrap_p(gaps), ci_method=method, test=method)


def bootstrap_p(gaps: NDArray[np.float64]) -> float:
    """Two-sided p of (B,) resampled differences against zero, never below 2 / (B + 1)."""
    below, above = int((gaps <= 0).sum()), int((gaps >= 0).sum())
    return min(1.0, 2 * (min(below, above) + 1) / (gaps.size + 1))
