"""How a gap gets its interval and its p value: Newcombe, DeLong on the logit scale, Fisher, Welch."""

from __future__ import annotations

import math

import numpy as np

from thirdeye.evaluation.auc import exact_bound
from thirdeye.evaluation.distributions import t_quantile, t_two_sided_p
from thirdeye.evaluation.fisher import fisher_midp
from thirdeye.evaluation.group_estimates import (
    Estimate,
    Flags,
    combined,
    degrees_of_freedom,
    held_clusters,
)
from thirdeye.evaluation.group_measures import GroupMeasure
from thirdeye.evaluation.proportion import wilson


def gap_interval(
    measure: GroupMeasure, rows: tuple[Flags, Flags], pair: tuple[Estimate, Estimate], joint: Estimate,
    apart: bool, level: float,
) -> tuple[float | None, float | None, str]:  # fmt: skip
    """Limits of a difference and how they were had, see `gap_between`.

    Args:
        measure: what is compared.
        rows, pair: of either group.
        joint: first less second.
        apart: whether no patient is in both groups.
        level: confidence level.
    """
    one, other = pair
    varying = one.variance > 0 and other.variance > 0
    if measure.kind == "mean" or (not apart and varying):
        if joint.variance <= 0:
            return None, None, ""
        half = t_quantile(0.5 + level / 2, degrees_of_freedom(joint)) * joint.variance**0.5
        method = "unpaired_t" if apart else "clustered_difference_t"
        return joint.value - half, joint.value + half, method
    limits = [group_limits(measure, where, each, level) for where, each in zip(rows, pair, strict=True)]
    if limits[0] is None or limits[1] is None:
        return None, None, ""
    (low1, high1), (low2, high2) = limits[0], limits[1]
    below = math.hypot(one.value - low1, high2 - other.value)
    above = math.hypot(high1 - one.value, other.value - low2)
    method = "newcombe_10" if measure.kind == "share" else "delong_unpaired_logit"
    if measure.groups.repeated:
        method = (
            "newcombe_10_effective_sample_size" if measure.kind == "share" else "obuchowski_unpaired_logit"
        )
    return joint.value - below, joint.value + above, method


def group_limits(
    measure: GroupMeasure, rows: Flags, estimate: Estimate, level: float
) -> tuple[float, float] | None:
    """Limits of one group's share or area, inside 0 to 1; None where there are none."""
    if measure.kind == "share":
        eligible = rows & measure.eligible[:, 0]
        size = float(eligible.sum())
        independent = estimate.value * (1 - estimate.value) / size
        if estimate.n_clusters < size:
            effect = estimate.variance / independent if estimate.variance > 0 else size / estimate.n_clusters
            size /= max(effect, 1.0)
        return wilson(estimate.value * size, size, level)
    if estimate.value in (0.0, 1.0):
        bound = exact_bound(measure.smallest(rows), level)
        return (bound, 1.0) if estimate.value == 1.0 else (0.0, 1 - bound)
    if estimate.variance <= 0 or estimate.freedom.min() < 1:
        return None
    slope = 1 / (estimate.value * (1 - estimate.value))
    half = t_quantile(0.5 + level / 2, degrees_of_freedom(estimate)) * slope * estimate.variance**0.5
    centre = math.log(estimate.value / (1 - estimate.value))
    return _expit(centre - half), _expit(centre + half)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def gap_test(
    measure: GroupMeasure, rows: tuple[Flags, Flags], pair: tuple[Estimate, Estimate], joint: Estimate
) -> tuple[str | None, float | None]:
    """Name and p value of the test that two groups agree; None where there is no variance."""
    one, other = pair
    if measure.kind == "share":
        return _share_test(measure, rows)
    if measure.kind == "mean" and not measure.among_several:
        if joint.variance <= 0:
            return None, None
        return "welch_t", t_two_sided_p(joint.value / joint.variance**0.5, degrees_of_freedom(joint))
    if one.variance <= 0 or other.variance <= 0 or not (0 < one.value < 1 and 0 < other.value < 1):
        return None, None
    slopes = [1 / (each.value * (1 - each.value)) for each in pair]
    bent = combined([(slopes[0], one), (-slopes[1], other)], measure.groups.count)
    if bent.variance <= 0:
        return None, None
    gap = math.log(one.value / (1 - one.value)) - math.log(other.value / (1 - other.value))
    t, df = gap / bent.variance**0.5, degrees_of_freedom(bent)
    return ("delong_unpaired_logit_t" if measure.kind == "area" else "logit_t"), t_two_sided_p(t, df)


def _share_test(measure: GroupMeasure, rows: tuple[Flags, Flags]) -> tuple[str | None, float | None]:
    """Fisher's test (mid-p) of independent cases; a score test by patient where patients repeat."""
    hits = measure.values[:, 0]
    inside = [where & measure.eligible[:, 0] for where in rows]
    both = inside[0] | inside[1]
    codes = measure.groups.codes
    if held_clusters(measure.groups, both) == both.sum():
        counts = [(int(hits[where].sum()), int(where.sum())) for where in inside]
        return "fisher_midp", fisher_midp(*counts[0], *counts[1])
    overall = float(hits[both].mean())
    sums = np.zeros(measure.groups.count)
    for sign, where in zip((1, -1), inside, strict=True):
        n = int(where.sum())
        sums += sign * np.bincount(codes[where], hits[where] - overall, minlength=sums.size) / n
    smallest = min(held_clusters(measure.groups, where) for where in inside)
    variance = float(sums @ sums) * smallest / (smallest - 1)
    if variance <= 0:
        return "score_t_by_cluster", 1.0
    gap = float(hits[inside[0]].mean() - hits[inside[1]].mean())
    return "score_t_by_cluster", t_two_sided_p(gap / variance**0.5, smallest - 1.0)
