"""Two tests on the same cases: differences of proportions and of areas under the ROC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.clustered import cluster_sums, clustered_mean, obuchowski_covariance
from thirdeye.evaluation.distributions import (
    normal_two_sided_p,
    t_two_sided_p,
    two_sided_z,
)
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_length, check_scores
from thirdeye.evaluation.mcnemar import mcnemar, tango_interval
from thirdeye.evaluation.roc import placements

EXACT_BELOW = 25
NO_VARIANCE = 1e-18


@dataclass(frozen=True, kw_only=True)
class PairedDifference:
    """First minus second on the same cases.

    Args:
        first, second, difference: estimates.
        standard_error: of the difference; None where it cannot be estimated.
        ci_low, ci_high: limits of the difference; None where there are none.
        statistic, p_value: of the test that the difference is zero; None where undefined.
        ci_method, test: names of the methods.
        n, n_clusters: cases and clusters.
        covariance: of the two estimates, where it is known.
    """

    first: float
    second: float
    difference: float
    n: int
    n_clusters: int
    standard_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    ci_method: str | None = None
    test: str | None = None
    covariance: float | None = None


def normal_difference(
    first: float, second: float, variance: float | None, *, method: str, n: int, n_clusters: int,
    level: float = 0.95, covariance: float | None = None,
) -> PairedDifference:  # fmt: skip
    """A difference with a normal interval and z test; without them where the variance is zero or unknown."""
    gap = first - second
    plain = PairedDifference(
        first=first, second=second, difference=gap, n=n, n_clusters=n_clusters, covariance=covariance
    )
    if variance is None or variance <= NO_VARIANCE:
        return plain
    error = variance**0.5
    half = two_sided_z(level) * error
    return replace(
        plain, standard_error=error, ci_low=gap - half, ci_high=gap + half, statistic=gap / error,
        p_value=normal_two_sided_p(gap / error), ci_method=method, test=f"{method}_z",
    )  # fmt: skip


def paired_auc(
    labels: Any, first: Any, second: Any, *, clusters: Any = None, level: float = 0.95
) -> PairedDifference:
    """Difference of two AUCs on the same cases: DeLong's test, or Obuchowski's where clusters repeat.

    Args:
        labels: (n,) of 0 and 1, both present.
        first, second: (n,) finite scores, higher meaning more likely positive.
        clusters: (n,) patient of each row, or None.
        level: confidence level.

    Raises:
        UsageError: one class only.
    """
    truth = check_binary(labels)
    if truth.all() or not truth.any():
        raise UsageError(f"two AUCs need both classes, got {int(truth.sum())} positive of {truth.size} cases")
    groups = check_clusters(clusters, truth.size)
    one, other = placements(truth, first), placements(truth, second)
    sums, others = cluster_sums(one, groups), cluster_sums(other, groups)
    parts = [obuchowski_covariance(*pair) for pair in ((sums, sums), (others, others), (sums, others))]
    method = "obuchowski_1997_paired" if groups.repeated else "delong_paired"
    known = [part for part in parts if part is not None]
    variance = known[0] + known[1] - 2 * known[2] if len(known) == 3 else None
    return normal_difference(
        one.auc, other.auc, variance, method=method, n=truth.size, n_clusters=groups.count, level=level,
        covariance=parts[2],
    )  # fmt: skip


class UnpairedTest(NamedTuple):
    """First minus second AUC on different cases: t statistic, Welch's degrees of freedom, two-sided p."""

    difference: float
    statistic: float
    df: float
    p_value: float


def unpaired_auc(labels1: Any, scores1: Any, labels2: Any, scores2: Any) -> UnpairedTest:
    """DeLong's variances of two independent sets, with Welch's t as in pROC.

    Raises:
        UsageError: a set has fewer than two cases of a class, or neither AUC has any variance.
    """
    areas, variances, sizes = [], [], []
    for labels, scores in ((labels1, scores1), (labels2, scores2)):
        truth = check_binary(labels)
        if min(int(truth.sum()), int((~truth).sum())) < 2:
            raise UsageError(
                f"DeLong's variance needs two cases of each class, got {int(truth.sum())} positive"
            )
        placed = placements(truth, check_scores(scores, truth.size))
        sums = cluster_sums(placed, check_clusters(None, truth.size))
        areas.append(placed.auc)
        variances.append(obuchowski_covariance(sums, sums) or 0.0)
        sizes.append(truth.size)
    total = sum(variances)
    if total <= 0:
        raise UsageError(f"neither AUC ({areas[0]} and {areas[1]}) has any variance: no test")
    df = total**2 / sum(v**2 / (n - 1) for v, n in zip(variances, sizes, strict=True))
    t = (areas[0] - areas[1]) / total**0.5
    return UnpairedTest(areas[0] - areas[1], t, df, t_two_sided_p(t, df))


def paired_proportion(
    first: Any, second: Any, *, clusters: Any = None, level: float = 0.95
) -> PairedDifference:
    """Difference of two proportions on the same cases.

    Independent cases: McNemar's test (exact below 25 discordant pairs, else mid-p) with Tango's interval.
    Where clusters repeat: the clustered ratio estimator of the difference with a z test.

    Args:
        first, second: (n,) of 0 and 1: whether each call is right; at least one case.
        clusters: (n,) patient of each row, or None.
        level: confidence level.
    """
    one, other = check_binary(first), check_binary(second)
    check_length("second", other, one.size)
    groups = check_clusters(clusters, one.size)
    rates = float(one.mean()), float(other.mean())
    if groups.repeated:
        mean = clustered_mean(one.astype(np.float64) - other, groups)
        variance = None if mean.standard_error is None else mean.standard_error**2
        return normal_difference(
            *rates,
            variance,
            method="clustered_ratio_estimator",
            n=one.size,
            n_clusters=groups.count,
            level=level,
        )
    b, c = int((one & ~other).sum()), int((other & ~one).sum())
    test = mcnemar(b, c)
    exact = b + c < EXACT_BELOW
    low, high = tango_interval(b, c, one.size, level=level)
    return PairedDifference(
        first=rates[0], second=rates[1], difference=rates[0] - rates[1], n=one.size, n_clusters=groups.count,
        ci_low=low, ci_high=high, p_value=test.p_exact if exact else test.p_midp, ci_method="tango",
        test="mcnemar_exact" if exact else "mcnemar_midp",
    )  # fmt: skip
