"""The gap between two groups of cases in one measure: estimate, interval and test."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import exact_bound
from thirdeye.evaluation.distributions import normal_quantile, t_quantile, t_two_sided_p, two_sided_z
from thirdeye.evaluation.fisher import fisher_midp
from thirdeye.evaluation.group_estimates import (
    Estimate,
    Flags,
    combined,
    degrees_of_freedom,
    held_clusters,
)
from thirdeye.evaluation.group_measures import GroupMeasure
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import wilson

POWER = 0.8


@dataclass(frozen=True, kw_only=True)
class Gap:
    """First group minus second group.

    Args:
        measure: what is compared, restricted to what both groups hold.
        level, against: names of the groups.
        difference: the estimate with its interval.
        first, second: either group's value; None where undefined.
        test: name of the test; None where none was made, and `untested` says why.
        p_value, p_adjusted: of the test, alone and among all tests of its family.
    """

    measure: GroupMeasure
    level: str
    against: str
    difference: Metric
    first: float | None
    second: float | None
    test: str | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    untested: str | None = None

    @property
    def half_width(self) -> float | None:
        """Half of the interval's width."""
        low, high = self.difference.ci_low, self.difference.ci_high
        return None if low is None or high is None else (high - low) / 2

    def detectable(self, tests: int, *, alpha: float = 0.05) -> float | None:
        """The gap that these data would have shown with a power of `POWER` among so many tests.

        From the standard error implied by the interval; each test at `alpha` / `tests`, Holm's first step.
        """
        if self.half_width is None or self.p_value is None:
            return None
        error = self.half_width / two_sided_z(self.difference.level)
        return error * (two_sided_z(1 - alpha / tests) + normal_quantile(POWER))

    def adjusted(self, p: float) -> Gap:
        """With its p value among all tests of the family."""
        return replace(self, p_adjusted=p)


def gap_between(
    measure: GroupMeasure,
    first: Flags,
    second: Flags,
    *,
    level: float = 0.95,
    names: tuple[str, str],
    tested: bool = True,
) -> Gap:
    """Compare two groups of rows, which hold no row in common but may share patients.

    Shares of independent cases: Newcombe's interval (method 10) and Fisher's test (mid-p). Areas: unpaired
    DeLong, compared on the logit scale with Welch's degrees of freedom, because DeLong's normal test raises
    the alarm several times too often when one group has few events; interval by the same limits joined as
    Newcombe joins them. Means, and everything where patients repeat: the same from sums over patients; where
    patients are in both groups, their covariance counts.

    Args:
        measure: what to compare; one that is a mean over classes is compared over those that both hold.
        first, second: (n,) rows of either group.
        level: confidence level.
        names: of the groups.
        tested: False leaves the test out, and only says where none could be made.
    """
    shared = measure.common(first, second)
    if shared is None:
        why = f"fewer than two classes have {MIN_EVENTS} cases in both groups"
        return _nothing(measure, names, why, level, int((first | second).sum()))
    one, other = shared.estimate(first), shared.estimate(second)
    if one is None or other is None:
        which = names[0] if one is None else names[1]
        return _nothing(shared, names, f"undefined in '{which}'", level, int((first | second).sum()))
    return _compared(shared, (first, second), (one, other), level, names, tested)


def _compared(
    measure: GroupMeasure, rows: tuple[Flags, Flags], pair: tuple[Estimate, Estimate], level: float,
    names: tuple[str, str], tested: bool,
) -> Gap:  # fmt: skip
    (first, second), (one, other) = rows, pair
    joint = combined([(1.0, one), (-1.0, other)], measure.groups.count)
    apart = not (one.influence * other.influence).any()
    low, high, method = _interval(measure, rows, pair, joint, apart, level)
    few = min(measure.smallest(first), measure.smallest(second))
    untested, test, p = None, None, None
    if few < MIN_EVENTS:
        untested = f"one group rests on {few} patients, fewer than {MIN_EVENTS}"
    elif tested:
        test, p = _test(measure, rows, pair, joint)
        untested = None if p is not None else "no variance in one of the groups"
    fields: dict[str, Any] = {
        "name": f"{measure.name}_difference", "n": one.n + other.n, "level": level,
        "n_clusters": held_clusters(measure.groups, first | second),
        "convention": _convention(measure, names), "class_name": measure.class_name,
        "details": {"n_first": one.n, "n_second": other.n},
    }  # fmt: skip
    if low is None or high is None:
        fields |= {"status": "unstable", "reason": untested or "no variance: no interval"}
    else:
        fields |= {"ci_low": low, "ci_high": high, "ci_method": method}
        fields |= {"status": "unstable", "reason": untested} if untested else {}
    metric = Metric(value=one.value - other.value, **fields)
    if measure.threshold is not None:
        metric = measure.threshold.mark(metric)
    return Gap(
        measure=measure, level=names[0], against=names[1], difference=metric, first=one.value,
        second=other.value, test=test, p_value=p, untested=untested,
    )  # fmt: skip


def _convention(measure: GroupMeasure, names: tuple[str, str]) -> str:
    said = f"{names[0]} minus {names[1]}"
    if measure.name == "calibration_in_the_large":
        said += "; observed share of events minus mean probability"
    return said + (f"; mean over {', '.join(measure.columns)}" if measure.among_several else "")


def _nothing(measure: GroupMeasure, names: tuple[str, str], why: str, level: float, n: int) -> Gap:
    metric = undefined(f"{measure.name}_difference", why, n=n, level=level, class_name=measure.class_name)
    if measure.threshold is not None:
        metric = measure.threshold.mark(metric)
    return Gap(
        measure=measure, level=names[0], against=names[1], difference=metric, first=None, second=None,
        untested=why,
    )  # fmt: skip


def _interval(
    measure: GroupMeasure, rows: tuple[Flags, Flags], pair: tuple[Estimate, Estimate], joint: Estimate,
    apart: bool, level: float,
) -> tuple[float | None, float | None, str]:  # fmt: skip
    """Limits of the difference and how they were had."""
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


def _test(
    measure: GroupMeasure, rows: tuple[Flags, Flags], pair: tuple[Estimate, Estimate], joint: Estimate
) -> tuple[str | None, float | None]:
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
