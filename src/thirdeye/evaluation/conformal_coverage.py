"""How often sets held the truth on cases that had no part in them, and how far chance may move that share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import ClusteredMean, clustered_mean
from thirdeye.evaluation.conformal import ROUNDING
from thirdeye.evaluation.distributions import check_level, two_sided_z
from thirdeye.evaluation.inputs import Clusters, check_binary, check_clusters, check_numbers
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import clustered_interval, wilson
from thirdeye.evaluation.scalars import check_count, check_number

EXPECTED = "share of cases whose set holds the true class; each patient weighs the same"
SIZE = "mean number of classes in a set"


def coverage_probabilities(n_calibration: int, n_test: int, *, coverage: float) -> NDArray[np.float64]:
    """Probability that 0, 1, ..., n_test of new cases are covered, for thresholds of n calibration cases.

    Exact for exchangeable cases whose scores do not tie: beta-binomial with n + 1 - l and
    l = floor((n + 1)(1 - coverage)) (Vovk 2012; Angelopoulos & Bates 2023). Everything is covered where l
    is 0.

    Args:
        n_calibration, n_test: cases (patients), 1 or more.
        coverage: promised, above 0 and below 1.
    """
    from scipy.special import betaln, gammaln

    n = check_count("calibration cases", n_calibration, 1)
    m = check_count("test cases", n_test, 1)
    check_number("the coverage", coverage, 0, 1, inside=True)
    beyond = int(np.floor((n + 1) * (1 - coverage) + ROUNDING))
    j = np.arange(m + 1)
    if beyond == 0:
        return (j == m).astype(float)
    within = n + 1 - beyond
    choose = gammaln(m + 1) - gammaln(j + 1) - gammaln(m - j + 1)
    return np.exp(choose + betaln(j + within, m - j + beyond) - betaln(within, beyond))


def coverage_range(
    n_calibration: int, n_test: int, *, coverage: float, level: float = 0.95
) -> tuple[float, float]:
    """Shares between which the coverage of a test part lies with probability `level` where all is right.

    Args:
        n_calibration, n_test: patients, 1 or more; with several cases a patient the range is a little wide.
        coverage: promised, above 0 and below 1.
        level: of the two-sided range, above 0 and below 1.
    """
    tail = (1 - check_level(level)) / 2
    sums = np.cumsum(coverage_probabilities(n_calibration, n_test, coverage=coverage))
    low = int(np.searchsorted(sums, tail * (1 + ROUNDING), side="right"))
    high = int(np.searchsorted(sums, 1 - tail - 1e-12, side="left"))
    return low / n_test, min(high, n_test) / n_test


def coverage_p_value(covered: int, n_calibration: int, n_test: int, *, coverage: float) -> float:
    """Two-sided p value of a number of covered cases, where the promise holds (twice the smaller tail).

    Args:
        covered: how many of the test cases.
        n_calibration, n_test, coverage: as of `coverage_probabilities`.
    """
    chances = coverage_probabilities(n_calibration, n_test, coverage=coverage)
    return float(min(1.0, 2 * min(chances[: covered + 1].sum(), chances[covered:].sum())))


def coverage_metric(
    covered: Any, *, clusters: Any = None, coverage: float, n_calibration: int | None = None,
    level: float = 0.95, class_name: str | None = None,
) -> Metric:  # fmt: skip
    """Share of the cases whose set held the truth, with its interval and the range that chance allows.

    Args:
        covered: (n,) whether it did; may be empty.
        clusters: (n,) patient of each case; None: each case on its own.
        coverage: promised.
        n_calibration: patients that the threshold rests on; None: nothing is promised for these cases.
        level: of interval and range.
        class_name: the class that the cases have, where it is one.

    Returns:
        Metric "set_coverage" with details "nominal", and where something is promised "expected_low",
        "expected_high", "as_expected" ("yes", "no") and "p".
    """
    given = check_numbers("covered", covered)
    flags = check_binary(given) if given.size else given.astype(bool)
    if flags.size == 0:
        reason = "no case of that kind"
        return undefined("set_coverage", reason, n=0, level=level, class_name=class_name, convention=EXPECTED)
    groups = check_clusters(clusters, flags.size)
    value, (low, high), method = _share(flags, groups, level)
    details: dict[str, float | str | None] = {"nominal": coverage}
    if n_calibration:
        least, most = coverage_range(n_calibration, groups.count, coverage=coverage, level=level)
        right = least - ROUNDING <= value <= most + ROUNDING
        details |= {
            "expected_low": least, "expected_high": most, "as_expected": "yes" if right else "no",
            "n_calibration": n_calibration,
            "p": coverage_p_value(
                round(value * groups.count), n_calibration, groups.count, coverage=coverage
            ),
        }  # fmt: skip
    few: dict[str, Any] = {}
    if groups.count < MIN_EVENTS:
        few = {"status": "unstable", "reason": f"rests on {groups.count} patients, fewer than {MIN_EVENTS}"}
    return Metric(
        name="set_coverage", value=value, n=flags.size, ci_low=low, ci_high=high, ci_method=method,
        level=level, n_clusters=groups.count, class_name=class_name, convention=EXPECTED, details=details,
        **few,
    )  # fmt: skip


def _share(
    flags: NDArray[np.bool_], groups: Clusters, level: float
) -> tuple[float, tuple[float, float], str]:
    """Mean over patients of their own shares; Wilson's interval where each has one case."""
    if not groups.repeated:
        return float(flags.mean()), wilson(int(flags.sum()), flags.size, level), "wilson"
    size = np.bincount(groups.codes, minlength=groups.count)
    shares = np.bincount(groups.codes, flags, minlength=groups.count) / size
    value, error = float(shares.mean()), None
    if groups.count > 1:
        error = float(shares.std(ddof=1)) / groups.count**0.5
    independent = value * (1 - value) / groups.count
    effect = error**2 / independent if error and independent > 0 else None
    mean = ClusteredMean(value, error, effect, groups.count, groups.count)
    interval, method = clustered_interval(mean, successes=round(value * groups.count), level=level)
    return value, interval, f"{method}_of_patients"


def set_sizes(inside: NDArray[np.bool_]) -> list[int]:
    """How many sets hold 0, 1, ..., K classes.

    Args:
        inside: (n, K).
    """
    return [int(count) for count in np.bincount(inside.sum(axis=1), minlength=inside.shape[1] + 1)]


def mean_set_size(inside: NDArray[np.bool_], *, clusters: Any = None, level: float = 0.95) -> Metric:
    """Mean number of classes in a set, with a normal interval over patients.

    Args:
        inside: (n, K).
        clusters: (n,) patient of each case; None: each case on its own.
        level: of the interval.
    """
    sizes = inside.sum(axis=1).astype(float)
    if sizes.size == 0:
        return undefined("set_size", "no case of that kind", n=0, level=level, convention=SIZE)
    mean = clustered_mean(sizes, check_clusters(clusters, sizes.size))
    fields: dict[str, Any] = {"n": mean.n, "n_clusters": mean.n_clusters, "level": level, "convention": SIZE}
    if mean.standard_error is None:
        reason = "all cases come from one patient: no interval can be given"
        return Metric(name="set_size", value=mean.value, status="unstable", reason=reason, **fields)
    half = two_sided_z(level) * mean.standard_error
    return Metric(
        name="set_size", value=mean.value, ci_low=max(mean.value - half, 0.0), ci_high=mean.value + half,
        ci_method="normal_over_patients", **fields,
    )  # fmt: skip
