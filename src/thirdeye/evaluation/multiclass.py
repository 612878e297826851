"""Many classes: areas under the ROC of one class against the rest, and their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc, auc_of_counts, exact_bound
from thirdeye.evaluation.clustered import cluster_sums, independent_pairs
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import (
    Clusters,
    check_class_indices,
    check_clusters,
)
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.roc import count_scores, placements

MACRO_CONVENTION = "unweighted mean of the one-vs-rest AUCs of all classes; undefined when a class is absent"


def one_hot(labels: Any, k: int) -> NDArray[np.bool_]:
    """(n,) class numbers as (n, k) membership."""
    return check_class_indices(labels, k)[:, None] == np.arange(k)


def auc_of_classes(
    membership: NDArray[np.bool_], probabilities: NDArray[np.float64], *, classes: list[str],
    clusters: Any = None, level: float = 0.95,
) -> list[Metric]:  # fmt: skip
    """The AUC of each class against the rest (or of each label, where labels do not exclude each other).

    Args:
        membership: (n, k) whether the case has the label.
        probabilities: (n, k).
        classes: names of the columns.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    groups = check_clusters(clusters, len(membership))
    return [
        auc(membership[:, c], probabilities[:, c], clusters=groups, level=level).with_(class_name=name)
        for c, name in enumerate(classes)
    ]


@dataclass(frozen=True)
class Influence:
    """A macro AUC as a sum over clusters.

    Args:
        value: mean of the columns' AUCs.
        clusters: (I,) what each cluster adds to its deviation; their sum of squares is the variance.
        pairs: (K,) disjoint, independent pairs of each column, for the exact bound where all AUCs are 1.
    """

    value: float
    clusters: NDArray[np.float64]
    pairs: tuple[int, ...]


def macro_influence(
    membership: NDArray[np.bool_], probabilities: NDArray[np.float64], clusters: Clusters
) -> Influence | None:
    """Value and cluster contributions of the macro AUC (delta method on DeLong's components).

    Each column's AUC is a mean of DeLong's components over positives plus one over negatives; the mean of the
    columns is therefore linear in components of the same clusters, and its variance is the sum of squares of
    the clusters' contributions. This keeps the correlation between columns, which share their cases, and
    with one column and one row in each cluster it is DeLong's variance exactly.

    Returns:
        None when a column lacks two clusters of either kind.
    """
    parts = [class_influence(*pair, clusters) for pair in zip(membership.T, probabilities.T, strict=True)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Influence(
        float(np.mean([part.value for part in known])),
        np.sum([part.clusters for part in known], axis=0) / len(known),
        tuple(part.pairs[0] for part in known),
    )


def class_influence(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], clusters: Clusters
) -> Influence | None:
    """One AUC with what each cluster adds to its deviation; None without two clusters of either kind."""
    placed = placements(truth, scores)
    sums = cluster_sums(placed, clusters)
    with_pos, with_neg = int(sums.has_positive.sum()), int(sums.has_negative.sum())
    if with_pos < 2 or with_neg < 2:
        return None
    total = (with_pos / (with_pos - 1)) ** 0.5 * sums.positive / sums.n_pos
    total += (with_neg / (with_neg - 1)) ** 0.5 * sums.negative / sums.n_neg
    return Influence(placed.auc, total, (independent_pairs(placed, clusters),))


def auc_macro(
    membership: NDArray[np.bool_], probabilities: NDArray[np.float64], *, classes: list[str],
    clusters: Any = None, level: float = 0.95,
) -> Metric:  # fmt: skip
    """The unweighted mean of one-vs-rest AUCs with an interval from `macro_influence`.

    Args:
        membership: (n, k) whether the case has the label.
        probabilities: (n, k).
        classes: names of the columns, quoted where one is absent.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    n = len(membership)
    groups = check_clusters(clusters, n)
    counts = membership.sum(axis=0)
    fields: dict[str, Any] = {
        "name": "auc_macro", "n": n, "n_units": n, "n_clusters": groups.count, "level": level,
        "convention": MACRO_CONVENTION,
    }  # fmt: skip
    lacking = [name for name, count in zip(classes, counts, strict=True) if count in (0, n)]
    if lacking:
        reason = f"no case or every case is {', '.join(lacking)}; not computed over the other classes"
        return undefined(reason=reason, **fields)
    influence = macro_influence(membership, probabilities, groups)
    if influence is None:
        value = float(
            np.mean(
                [
                    auc_of_counts(count_scores(*pair))
                    for pair in zip(membership.T, probabilities.T, strict=True)
                ]
            )
        )
        reason = "a class with fewer than two independent cases: no interval can be given"
        return Metric(value=value, status="unstable", reason=reason, **fields)
    return area_metric(influence, int(min(counts.min(), (n - counts).min())), fields)


def area_metric(influence: Influence, fewest: int, fields: dict[str, Any]) -> Metric:
    """A mean of AUCs with its interval.

    Args:
        influence: the value and what each cluster adds to its deviation.
        fewest: cases of the smallest class.
        fields: name, n, level, convention ... of the metric.
    """
    variance = float(influence.clusters @ influence.clusters)
    if influence.value == 1.0:
        return Metric(
            value=1.0, ci_low=_bound_of_one(influence.pairs, fields["level"]), ci_high=1.0,
            ci_method="exact_disjoint_pairs_bonferroni", status="degenerate",
            reason="the scores separate every class completely: no variance; exact bound from disjoint pairs",
            **fields,
        )  # fmt: skip
    if variance <= 0:
        return Metric(
            value=influence.value,
            status="degenerate",
            reason="no variance: no interval can be given",
            **fields,
        )
    half = two_sided_z(fields["level"]) * variance**0.5
    if fewest < MIN_EVENTS:
        reason = f"the smallest class has {fewest} cases, fewer than {MIN_EVENTS}"
        fields = fields | {"status": "unstable", "reason": reason}
    value = influence.value
    return Metric(
        value=value, ci_low=max(value - half, 0.0), ci_high=min(value + half, 1.0),
        ci_method="delta_method_delong_components", details={"standard_error": variance**0.5}, **fields,
    )  # fmt: skip


def _bound_of_one(pairs: tuple[int, ...], level: float) -> float:
    """Mean of the columns' exact bounds, each at a level that makes all hold together (Bonferroni)."""
    each = 1 - (1 - level) / len(pairs)
    return float(np.mean([exact_bound(count, each) for count in pairs]))
