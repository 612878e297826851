"""Area under the empirical ROC with DeLong's or Obuchowski's interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import cluster_sums, independent_pairs, obuchowski_covariance
from thirdeye.evaluation.distributions import check_level, two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_binary, check_clusters, check_numbers, check_scores
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.roc import ScoreCounts, placements
from thirdeye.evaluation.scalars import check_number, check_share

Sorted = NDArray[np.float64]

CONVENTION = (
    "Mann-Whitney, ties count half; a higher score means more likely positive; limits kept within 0 to 1"
)


def auc_of_counts(counts: ScoreCounts) -> float:
    """Mann-Whitney AUC, ties counting half; both classes must be present."""
    return float(counts.positives.astype(np.float64) @ _halfway(counts.negatives)) / (
        counts.n_pos * counts.n_neg
    )


def _halfway(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cases below each score, half of those at it included, (g,)."""
    up_to = np.cumsum(counts).astype(np.float64)
    up_to -= counts / 2
    return up_to


def hanley_mcneil_variance(auc: float, n_pos: int, n_neg: int) -> float:
    """Variance of an AUC known only by its value (Hanley & McNeil 1982)."""
    check_share("the AUC", auc)
    check_number("diseased cases", n_pos, 1)
    check_number("healthy cases", n_neg, 1)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_pos - 1) * (q1 - auc**2) + (n_neg - 1) * (q2 - auc**2)
    return spread / (n_pos * n_neg)


def auc(labels: Any, scores: Any, *, clusters: Any = None, level: float = 0.95, name: str = "auc") -> Metric:
    """AUC with its interval: DeLong's, or Obuchowski's wherever a cluster holds several rows.

    Args:
        labels: (n,) of 0 and 1.
        scores: (n,) finite, higher meaning more likely positive.
        clusters: (n,) patient of each row, or None where rows are independent.
        level: confidence level.
        name: name of the metric.

    Returns:
        Undefined with one class. Degenerate at 0 and 1, where DeLong's variance is zero: the interval is then
        exact, see `exact_bound`; degenerate without an interval when all scores are equal.
    """
    positive = check_binary(labels)
    values = check_scores(scores, positive.size)
    groups = check_clusters(clusters, positive.size)
    m, n = int(positive.sum()), int((~positive).sum())
    fields: dict[str, Any] = {
        "name": name, "n": positive.size, "n_pos": m, "n_neg": n, "n_units": positive.size,
        "n_clusters": groups.count, "level": level, "convention": CONVENTION,
    }  # fmt: skip
    if m == 0 or n == 0:
        return undefined(reason=f"one class only: {m} positive and {n} negative cases", **fields)
    if groups.repeated:
        return _clustered_auc(positive, values, groups, fields)
    value, variance = delong(values[positive], values[~positive])
    return _interval(value, variance, min(m, n), fields, "delong")


def delong(positives: NDArray[np.float64], negatives: NDArray[np.float64]) -> tuple[float, float | None]:
    """AUC and its variance (DeLong, DeLong & Clarke-Pearson 1988) by two sorts.

    Args:
        positives: (m,) finite scores of cases with the condition, in any order; 1 or more.
        negatives: (n,) those of the others; 1 or more.

    Returns:
        The variance is None with fewer than two cases of either class.
    """
    sides = [check_numbers("scores", side) for side in (positives, negatives)]
    for side in sides:
        if side.ndim != 1 or not side.size:
            raise UsageError(f"expected flat scores of one case or more on each side, got {side.shape}")
    high, low = np.sort(sides[0]), np.sort(sides[1])
    m, n = high.size, low.size
    above, below = _standings(low, high)
    area = float(above.sum()) / (2 * m * n)
    if m < 2 or n < 2:
        return area, None
    s10 = _spread(above, 2 * n, area) / (m - 1)
    s01 = _spread(below, 2 * m, 1 - area) / (n - 1)
    return area, s10 / m + s01 / n


def _standings(low: Sorted, high: Sorted) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each score twice the number of the other group's below it, those equal to it counted once.

    A stable sort of two runs is one merge: the run that comes first stands before its equals.
    """
    first, second = _merged(low, high), _merged(high, low)
    return first[1] + second[0], second[1] + first[0]


def _merged(first: Sorted, second: Sorted) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many of `second` lie below each of `first`, and of `first` at or below each of `second`."""
    of_first = np.argsort(np.concatenate([first, second]), kind="stable") < first.size
    places, others = np.flatnonzero(of_first), np.flatnonzero(~of_first)
    places -= np.arange(first.size)
    others -= np.arange(second.size)
    return places, others


def _spread(standing: NDArray[np.int64], whole: int, mean: float) -> float:
    """Sum of squares of the shares about their mean."""
    about = standing * (1 / whole)
    about -= mean
    return float(about @ about)


def _clustered_auc(positive: Any, values: Any, groups: Clusters, fields: dict[str, Any]) -> Metric:
    placed = placements(positive, values)
    sums = cluster_sums(placed, groups)
    variance = obuchowski_covariance(sums, sums)
    pairs = independent_pairs(placed, groups)
    few = min(int(sums.has_positive.sum()), int(sums.has_negative.sum()))
    return _interval(placed.auc, variance, pairs, fields, "obuchowski_1997", few_clusters=few)


def exact_bound(pairs: int, level: float = 0.95) -> float:
    """Lower limit of an AUC estimated as 1; one minus it is the upper limit of an AUC estimated as 0.

    Among `pairs` disjoint, independent pairs of a positive and a negative case each is ordered rightly with
    the true probability A, so that all of them are with A ** pairs: the limit solves
    A ** pairs = (1 - level) / 2 (Clopper & Pearson's limit for `pairs` successes out of `pairs`). It holds
    for any distribution of scores.
    """
    check_number("pairs", pairs, 0)
    check_level(level)
    return float(((1 - level) / 2) ** (1 / pairs)) if pairs > 0 else 0.0


def _interval(
    value: float,
    variance: float | None,
    pairs: int,
    fields: dict[str, Any],
    method: str,
    *,
    few_clusters: int | None = None,
) -> Metric:
    few = min(fields["n_pos"], fields["n_neg"])
    if value in (0.0, 1.0):
        bound = exact_bound(pairs, fields["level"])
        low, high = (bound, 1.0) if value == 1.0 else (0.0, 1 - bound)
        reason = "the scores separate the classes completely: no variance; exact bound from disjoint pairs"
        return Metric(
            value=value, ci_low=low, ci_high=high, ci_method="exact_disjoint_pairs", status="degenerate",
            reason=reason, **fields,
        )  # fmt: skip
    if variance is None:
        reason = f"fewer than two independent cases of one class ({few} cases): no interval can be given"
        return Metric(value=value, status="unstable", reason=reason, **fields)
    if variance <= 0:
        return Metric(
            value=value, status="degenerate", reason="the scores do not vary: no interval", **fields
        )
    half = two_sided_z(fields["level"]) * variance**0.5
    if min(few, few_clusters if few_clusters is not None else few) < MIN_EVENTS:
        what = "cases" if few_clusters is None or few < MIN_EVENTS else "clusters"
        reason = (
            f"fewer than {MIN_EVENTS} {what} in one class ({fields['n_pos']} against {fields['n_neg']} cases)"
        )
        fields = fields | {"status": "unstable", "reason": reason}
    details = {"standard_error": variance**0.5}
    low, high = max(value - half, 0.0), min(value + half, 1.0)
    return Metric(value=value, ci_low=low, ci_high=high, ci_method=method, details=details, **fields)
