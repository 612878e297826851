"""How well a search brings up cases that share what the asked case has: precision and mean average precision.

Conventions: every query ranks the whole gallery but for its own patient. Cases of equal similarity keep the
order of the gallery. Precision at k divides by k; a query with fewer than k candidates is left out of it. A
query for which the gallery holds no relevant case is left out of every measure and counted. Average precision
is the mean of the precision at the rank of each relevant case over the whole ranking (Manning, Raghavan and
Schütze 2008, section 8.4). Intervals are of the queries, clustered by patient (Student's law below ten
patients, else the normal one); the gallery is taken as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import t_quantile, t_two_sided_p
from thirdeye.evaluation.inputs import check_clusters, check_numbers
from thirdeye.evaluation.mean_of_cases import mean_of_cases
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.paired import PairedDifference, normal_difference
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.proper_scores import mean_metric

KS = (1, 5, 10)
CONVENTION = (
    "own patient and copies excluded; ties keep the order of the gallery; queries without a relevant case "
    "left out; the gallery is taken as it is"
)
NO_RELEVANT = "no relevant case in the gallery"


@dataclass(frozen=True)
class Ranked:
    """What a search brought up for each query.

    Args:
        precision: k to (q,) precision among the first k; NaN where the query is left out of it.
        average_precision: (q,); NaN where no case of the gallery is relevant.
        by_chance: (q,) share of relevant cases among the candidates: precision of a random order.
        without_relevant: queries left out because no case of the gallery is relevant.
    """

    precision: dict[int, NDArray[np.float64]]
    average_precision: NDArray[np.float64]
    by_chance: NDArray[np.float64]
    without_relevant: int


def rank(similarity: Any, relevant: Any, own: Any, *, ks: Sequence[int] = KS) -> Ranked:
    """Measure a search on each query.

    Args:
        similarity: (q, n) of query and case of the gallery, the higher the more alike; finite.
        relevant: (q, n) whether the case has what the query has.
        own: (q, n) whether the case is of the query's own patient or a copy of it, and so no candidate.
        ks: numbers of cases to look at.

    Raises:
        UsageError: shapes that do not fit, or a similarity that is not finite.
    """
    found = check_numbers("similarity", similarity)
    wanted = check_numbers("relevant", relevant).astype(bool)
    left_out = check_numbers("own", own).astype(bool)
    if found.ndim != 2 or not found.shape == wanted.shape == left_out.shape:
        raise UsageError(
            f"similarity {found.shape}, relevant {wanted.shape} and own {left_out.shape} should be one "
            "shape, queries by cases"
        )
    if not np.isfinite(found).all():
        raise UsageError("a similarity is not finite; leave such cases out and count them")
    rows = [_of_query(*row, ks) for row in zip(found, wanted, left_out, strict=True)]
    table = np.array(rows, float).reshape(len(rows), len(ks) + 2)
    return Ranked(
        {k: table[:, at] for at, k in enumerate(ks)}, table[:, -2], table[:, -1],
        int(np.isnan(table[:, -2]).sum()),
    )  # fmt: skip


def _of_query(
    similarity: NDArray[np.float64], relevant: NDArray[np.bool_], own: NDArray[np.bool_], ks: Sequence[int]
) -> list[float]:
    candidates = np.flatnonzero(~own)
    order = candidates[np.argsort(-similarity[candidates], kind="stable")]
    hits = relevant[order]
    total = int(hits.sum())
    if total == 0:
        return [np.nan] * (len(ks) + 2)
    precision = np.cumsum(hits) / np.arange(1, hits.size + 1)
    at_k = [float(precision[k - 1]) if hits.size >= k else np.nan for k in ks]
    return [*at_k, float(precision[hits].mean()), total / hits.size]


def retrieval_metrics(ranked: Ranked, *, clusters: Any = None, level: float = 0.95) -> list[Metric]:
    """Precision at each k, and mean average precision, with intervals over patients.

    Args:
        ranked: from `rank`.
        clusters: (q,) patient of each query, or None.
        level: confidence level.
    """
    return [_metric(ranked, name, clusters, level) for name in _values(ranked)]


def compare_retrieval(
    first: Ranked, second: Ranked, *, clusters: Any = None, level: float = 0.95
) -> list[Measured]:
    """Two searches for the same queries in the same gallery: both values and the paired difference.

    Args:
        first, second: from `rank`.
        clusters: (q,) patient of each query, or None.
        level: confidence level.

    Raises:
        UsageError: the searches are not of the same queries.
    """
    found = []
    for name, values in _values(first).items():
        others = _values(second).get(name)
        if others is None or others.size != values.size or (np.isnan(others) != np.isnan(values)).any():
            raise UsageError("the two searches are not of the same queries in the same gallery")
        one, other = (_metric(side, name, clusters, level) for side in (first, second))
        found.append(Measured(one, other, _difference(values, others, clusters, level)))
    return found


def _difference(
    first: NDArray[np.float64], second: NDArray[np.float64], clusters: Any, level: float
) -> PairedDifference | None:
    used = ~np.isnan(first)
    if not used.any():
        return None
    groups = check_clusters(clusters, first.size).of(used)
    mean = clustered_mean(first[used] - second[used], groups)
    variance = None if mean.standard_error is None else mean.standard_error**2
    found = normal_difference(
        float(first[used].mean()), float(second[used].mean()), variance, method="clustered_paired_mean",
        n=int(used.sum()), n_clusters=groups.count, level=level,
    )  # fmt: skip
    return _by_t(found, groups.count, level) if groups.count < MIN_EVENTS else found


def _by_t(found: PairedDifference, patients: int, level: float) -> PairedDifference:
    """The same with Student's interval and test: the normal law is too narrow for so few patients."""
    if found.standard_error is None or found.statistic is None:
        return found
    half = t_quantile((1 + level) / 2, patients - 1) * found.standard_error
    return replace(
        found, ci_low=found.difference - half, ci_high=found.difference + half,
        p_value=t_two_sided_p(found.statistic, patients - 1), ci_method="clustered_paired_mean_t",
        test="clustered_paired_mean_t",
    )  # fmt: skip


def _values(ranked: Ranked) -> dict[str, NDArray[np.float64]]:
    named = {f"precision_at_{k}": values for k, values in ranked.precision.items()}
    return {**named, "mean_average_precision": ranked.average_precision}


def _metric(ranked: Ranked, name: str, clusters: Any, level: float) -> Metric:
    values = _values(ranked)[name]
    used = ~np.isnan(values)
    excluded = {NO_RELEVANT: ranked.without_relevant} if ranked.without_relevant else {}
    fewer = int((~used).sum()) - ranked.without_relevant
    excluded |= {"fewer candidates than k": fewer} if fewer else {}
    fields: dict[str, Any] = {"convention": CONVENTION, "n_excluded": excluded, "level": level}
    if not used.any():
        return undefined(name, "no query can be measured", n=0, **fields)
    groups = check_clusters(clusters, values.size).of(used)
    details = {"by_chance": float(ranked.by_chance[used].mean())}
    if groups.count < MIN_EVENTS:  # the normal law is too narrow for so few patients
        return mean_of_cases(
            values[used], name=name, clusters=groups, least=0.0, most=1.0, details=details, **fields
        )
    metric = mean_metric(values[used], name=name, clusters=groups, details=details, **fields)
    return metric if metric.ci_high is None else metric.with_(ci_high=min(metric.ci_high, 1.0))
