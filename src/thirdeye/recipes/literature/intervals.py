"""Intervals that the papers do not give, computed from what they do give."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from thirdeye.evaluation.auc import exact_bound, hanley_mcneil_variance
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.proportion import wilson
from thirdeye.recipes.literature.study import PublishedStudy, Result
from thirdeye.report.literature.lines import Recomputed

PROPORTIONS = ("accuracy", "sensitivity", "specificity", "ppv", "npv", "top10_accuracy")


def recomputed(studies: Iterable[PublishedStudy]) -> tuple[Recomputed, ...]:
    """Every interval that published counts allow."""
    return tuple(one for study in studies for result in study.results for one in recomputed_of(study, result))


def recomputed_of(study: PublishedStudy, result: Result) -> list[Recomputed]:
    """The intervals of one number: Wilson's for a proportion, Hanley and McNeil's for an AUC.

    A proportion of augmented copies has two: one as if they were independent, one of the originals.
    """
    return [*_proportions(study, result), *_auc(study, result)]


def _proportions(study: PublishedStudy, result: Result) -> list[Recomputed]:
    if result.measure not in PROPORTIONS or result.n is None:
        return []
    made = [_proportion(study, result, result.n, "")]
    if result.independent is not None:
        remark = f"the {result.n:,} are copies of {result.independent} originals: this is the honest interval"
        made.append(_proportion(study, result, result.independent, remark))
    return made


def _proportion(study: PublishedStudy, result: Result, n: int, remark: str) -> Recomputed:
    low, high = wilson(round(result.value * n), n)  # the nearest whole count
    return _line(study, result, low, high, f"{n:,}", "wilson", remark)


def _auc(study: PublishedStudy, result: Result) -> list[Recomputed]:
    """Hanley and McNeil (1982), cut off at 1; an AUC of 1 has no such interval, so an exact bound."""
    if result.measure != "auc" or not result.positive or not result.negative:
        return []
    positive, negative = result.positive, result.negative
    if result.value >= 1:
        low, high = exact_bound(min(positive, negative)), 1.0
    else:
        half = two_sided_z(0.95) * sqrt(hanley_mcneil_variance(result.value, positive, negative))
        low, high = max(result.value - half, 0.0), min(result.value + half, 1.0)
    return [_line(study, result, low, high, f"{positive:,} + {negative:,}", "hanley_mcneil", "")]


def _line(
    study: PublishedStudy, result: Result, low: float, high: float, n: str, method: str, remark: str
) -> Recomputed:
    parts = {"value": result.source, "counts": result.counts_source}
    recalled = " and ".join(name for name, source in parts.items() if source == "memory")
    known = f"{recalled} from memory" if recalled else ""
    return Recomputed(
        study.name,
        study.id,
        result.of + ("" if result.on == "test" else f" ({result.on})"),
        result.measure,
        result.value,
        low,
        high,
        n,
        "wilson" if method == "wilson" else "hanley_mcneil",
        result.low is not None,
        "; ".join(part for part in (remark, known) if part),
    )
