"""The gap between two groups of cases in one measure: estimate, interval and test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from thirdeye.evaluation.distributions import normal_quantile, two_sided_z
from thirdeye.evaluation.gap_methods import gap_interval, gap_test
from thirdeye.evaluation.group_estimates import (
    Estimate,
    Flags,
    combined,
    held_clusters,
)
from thirdeye.evaluation.group_measures import GroupMeasure
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

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
    low, high, method = gap_interval(measure, rows, pair, joint, apart, level)
    few = min(measure.smallest(first), measure.smallest(second))
    untested, test, p = None, None, None
    if few < MIN_EVENTS:
        untested = f"one group rests on {few} patients, fewer than {MIN_EVENTS}"
    elif tested:
        test, p = gap_test(measure, rows, pair, joint)
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
