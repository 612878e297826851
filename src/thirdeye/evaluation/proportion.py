"""Proportions and their intervals, for independent cases and for cases that cluster in patients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import ClusteredMean, clustered_mean
from thirdeye.evaluation.distributions import beta_quantile, check_level, two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_binary, check_clusters, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined


class Interval(NamedTuple):
    """Limits of a two-sided interval."""

    low: float
    high: float


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's score interval (Wilson 1927); `n` may be an effective sample size.

    Args:
        successes: 0 to `n`.
        n: trials, above 0.
        level: confidence level.
    """
    _check_counts(successes, n)
    z = two_sided_z(level)
    p, shrink = successes / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z / shrink * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(0.0 if successes <= 0 else centre - half, 1.0 if successes >= n else centre + half)


def wilson_cc(successes: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's interval with continuity correction (Newcombe 1998, method 4)."""
    _check_counts(successes, n)
    z = two_sided_z(level)
    p, q, z2 = successes / n, 1 - successes / n, z * z
    low = (2 * n * p + z2 - 1 - z * math.sqrt(max(z2 - 2 - 1 / n + 4 * p * (n * q + 1), 0))) / (2 * (n + z2))
    high = (2 * n * p + z2 + 1 + z * math.sqrt(max(z2 + 2 - 1 / n + 4 * p * (n * q - 1), 0))) / (2 * (n + z2))
    return Interval(0.0 if successes <= 0 else max(low, 0.0), 1.0 if successes >= n else min(high, 1.0))


def clopper_pearson(successes: float, n: float, level: float = 0.95) -> Interval:
    """The exact interval (Clopper & Pearson 1934): coverage at least `level`, whatever the truth."""
    check_level(level)
    _check_counts(successes, n)
    tail = (1 - level) / 2
    low = 0.0 if successes <= 0 else beta_quantile(tail, successes, n - successes + 1)
    high = 1.0 if successes >= n else beta_quantile(1 - tail, successes + 1, n - successes)
    return Interval(low, high)


def jeffreys(successes: float, n: float, level: float = 0.95) -> Interval:
    """Jeffreys' interval, 0 at no success and 1 at no failure (Brown, Cai & DasGupta 2001)."""
    check_level(level)
    _check_counts(successes, n)
    tail = (1 - level) / 2
    a, b = successes + 0.5, n - successes + 0.5
    low = 0.0 if successes <= 0 else beta_quantile(tail, a, b)
    high = 1.0 if successes >= n else beta_quantile(1 - tail, a, b)
    return Interval(low, high)


def agresti_coull(successes: float, n: float, level: float = 0.95) -> Interval:
    """Agresti and Coull's interval (1998), not clipped to 0 to 1."""
    _check_counts(successes, n)
    z = two_sided_z(level)
    enlarged = n + z * z
    centre = (successes + z * z / 2) / enlarged
    half = z * math.sqrt(centre * (1 - centre) / enlarged)
    return Interval(centre - half, centre + half)


def wald(successes: float, n: float, level: float = 0.95) -> Interval:
    """The textbook interval, not clipped; too narrow near 0 and 1, so only on request."""
    _check_counts(successes, n)
    p = successes / n
    half = two_sided_z(level) * math.sqrt(p * (1 - p) / n)
    return Interval(p - half, p + half)


METHODS: dict[str, Callable[[float, float, float], Interval]] = {
    "wilson": wilson,
    "wilson_cc": wilson_cc,
    "clopper_pearson": clopper_pearson,
    "jeffreys": jeffreys,
    "agresti_coull": agresti_coull,
    "wald": wald,
}


def proportion_interval(
    successes: float, n: float, *, method: str = "wilson", level: float = 0.95
) -> Interval:
    """An interval for `successes` out of `n`.

    Raises:
        UsageError: an unknown method, or counts that are no proportion.
    """
    if method not in METHODS:
        raise UsageError(f"no interval is called '{method}'; there are {', '.join(METHODS)}")
    _check_counts(successes, n)
    return METHODS[method](successes, n, level)


def newcombe_difference(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> tuple[float, Interval]:
    """Difference of two independent proportions, x1/n1 - x2/n2 (Newcombe 1998, method 10).

    Returns:
        The difference and its hybrid score interval.
    """
    low1, high1 = proportion_interval(x1, n1, level=level)
    low2, high2 = proportion_interval(x2, n2, level=level)
    p1, p2 = x1 / n1, x2 / n2
    below = math.hypot(p1 - low1, high2 - p2)
    above = math.hypot(high1 - p1, p2 - low2)
    return p1 - p2, Interval(p1 - p2 - below, p1 - p2 + above)


def proportion(
    hits: Any,
    *,
    name: str,
    clusters: Any = None,
    method: str = "wilson",
    level: float = 0.95,
    convention: str | None = None,
    empty: str = "no case to compute it from",
) -> Metric:
    """The share of hits, with an interval that respects clusters wherever one holds several rows.

    Args:
        hits: (n,) of 0 and 1; may be empty, which is undefined.
        name: name of the metric.
        clusters: (n,) patient of each row, or None where rows are independent.
        method: interval for independent rows, one of `METHODS`.
        level: confidence level.
        convention: what the metric should say about itself.
        empty: the reason to give when there is no row.
    """
    values = check_numbers("hits", hits)
    if values.size == 0:
        return undefined(name, empty, n=0, n_clusters=0, level=level, convention=convention)
    flags = check_binary(values)
    groups = check_clusters(clusters, flags.size)
    if groups.repeated:
        return _clustered(flags, groups, name=name, level=level, convention=convention)
    low, high = proportion_interval(int(flags.sum()), flags.size, method=method, level=level)
    return Metric(
        name=name, value=float(flags.mean()), n=flags.size, ci_low=low, ci_high=high, ci_method=method,
        level=level, n_clusters=groups.count, convention=convention, **_small(flags.size),
    )  # fmt: skip


def _clustered(
    flags: NDArray[np.bool_], groups: Clusters, *, name: str, level: float, convention: str | None
) -> Metric:
    mean = clustered_mean(flags, groups)
    fields: dict[str, Any] = {
        "n": flags.size,
        "n_clusters": groups.count,
        "level": level,
        "convention": convention,
    }
    details = {"design_effect": mean.design_effect}
    if mean.standard_error is None:
        fields |= {
            "status": "unstable",
            "reason": "all cases come from one cluster: no interval can be given",
        }
        return Metric(name=name, value=mean.value, details=details, **fields)
    (low, high), ci_method = clustered_interval(mean, successes=int(flags.sum()), level=level)
    fields |= _small(groups.count, "clusters") | _small(flags.size)
    return Metric(
        name=name, value=mean.value, ci_low=low, ci_high=high, ci_method=ci_method, details=details, **fields
    )


def clustered_interval(mean: ClusteredMean, *, successes: int, level: float = 0.95) -> tuple[Interval, str]:
    """Interval of a clustered proportion and the name of its method.

    The ratio estimator's normal interval, as published; where fewer than `MIN_EVENTS` successes or failures
    make the normal curve a poor guide, Wilson's interval with the effective sample size n / design effect;
    where all outcomes agree, so that no variance can be estimated, Wilson's with one unit per cluster.
    """
    n, failures = mean.n, mean.n - successes
    if mean.design_effect is None or not mean.standard_error:
        count = mean.n_clusters
        return wilson(mean.value * count, count, level), "wilson_one_unit_per_cluster"
    if min(successes, failures) < MIN_EVENTS:
        size = n / max(mean.design_effect, 1.0)
        return wilson(mean.value * size, size, level), "wilson_effective_sample_size"
    half = two_sided_z(level) * mean.standard_error
    return Interval(max(mean.value - half, 0.0), min(mean.value + half, 1.0)), "clustered_ratio_estimator"


def _small(count: int, what: str = "cases") -> dict[str, Any]:
    if count >= MIN_EVENTS:
        return {}
    return {"status": "unstable", "reason": f"rests on {count} {what}, fewer than {MIN_EVENTS}"}


def _check_counts(successes: float, n: float) -> None:
    try:
        right = bool(0 < n < 1e15 and 0 <= successes <= n)
    except (TypeError, ValueError):
        right = False
    if not right:
        raise UsageError(f"expected 0 <= successes <= n and n above 0, got {successes} of {n}")
