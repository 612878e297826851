"""What can be said of one class of many, against all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.calibration import calibration_metrics
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.curves import MAX_POINTS, curves_of
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proper_scores import brier
from thirdeye.evaluation.rates import rate_metrics
from thirdeye.evaluation.scored_column import ScoredColumn

ARG_MAX = "the most probable class is the call"
MOST_FULL_CURVES = 20
RESAMPLED_AT_MOST = 30_000  # cases times classes up to which each class is resampled on its own


def class_columns(cases: CaseSet) -> list[ScoredColumn]:
    """Each class against the rest, with the operating points that name it."""
    return [
        ScoredColumn(
            cases, column, [point for point in cases.thresholds if point.class_name == name], "one_vs_rest"
        )
        for column, name in enumerate(cases.classes)
    ]


def resampled(cases: CaseSet) -> bool:
    """Whether the set is small enough for resamples of each class."""
    return cases.n * len(cases.classes) <= RESAMPLED_AT_MOST


def class_metrics(scored: ScoredColumn) -> list[Metric]:
    """The AUC and other measures of the ranking, rates of the most probable class, and calibration.

    In very large sets only the AUC speaks of the ranking: it needs no resamples.
    """
    cases = scored.cases
    known: dict[str, Any] = {"clusters": cases.groups, "level": cases.level}
    found = scored.ranked() if resampled(cases) else [auc(scored.truth, scored.scores, **known)]
    found += [
        metric.with_(convention=f"against all other classes; {ARG_MAX}")
        for metric in rate_metrics(
            scored.truth, cases.predicted == scored.column, groups=cases.groups, level=cases.level
        )
        if metric.name != "accuracy"
    ]
    found.append(brier(scored.truth, scored.scores, **known))
    found += calibration_metrics(scored.truth, scored.scores, **known)
    marked = scored.at_thresholds() if scored.thresholds else []
    return [metric.with_(class_name=cases.classes[scored.column]) for metric in found] + marked


def class_curves(columns: Sequence[ScoredColumn]) -> dict[str, Any]:
    """The curves of each class against the rest; with very many classes each has fewer points."""
    at_most = max(MAX_POINTS * MOST_FULL_CURVES // max(len(columns), MOST_FULL_CURVES), 50)
    return {"per_class": [{"class": _name(one)} | _curves(one, at_most) for one in columns]}


def _curves(scored: ScoredColumn, at_most: int) -> dict[str, Any]:
    cases = scored.cases
    if resampled(cases):
        return scored.curves(at_most=at_most)
    return curves_of(scored.truth, scored.scores, groups=cases.groups, level=cases.level, at_most=at_most)


def class_blocks(columns: Sequence[ScoredColumn], name: str) -> dict[str, Any]:
    """One of the blocks of `ScoredColumn.blocks`, class by class; empty in very large sets."""
    if not all(resampled(one.cases) for one in columns):
        return {"per_class": []}
    return {"per_class": [{"class": _name(one)} | (one.blocks[name] or {}) for one in columns]}


def _name(scored: ScoredColumn) -> str:
    return scored.cases.classes[scored.column]
