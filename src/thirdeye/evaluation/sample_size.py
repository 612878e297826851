"""How many cases a study needs, before it is begun."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, sqrt

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import hanley_mcneil_variance
from thirdeye.evaluation.distributions import normal_cdf, normal_quantile, two_sided_z
from thirdeye.evaluation.scalars import check_count, check_number, check_share


@dataclass(frozen=True)
class Cases:
    """Cases with and without the condition, not rounded; take the next whole number.

    Args:
        diseased, healthy: how many.
        power: that the next whole numbers reach; None where an interval was planned.
        half_width: of the interval (at 1 - alpha) that is to be expected with them.
    """

    diseased: float
    healthy: float
    power: float | None = None
    half_width: float | None = None

    @property
    def total(self) -> int:
        """Both, rounded up."""
        return ceil(self.diseased) + ceil(self.healthy)


@dataclass(frozen=True)
class PrecisionPlan:
    """Cases for an interval of a wanted width (Buderer 1996, Acad Emerg Med 3).

    Args:
        for_sensitivity, for_specificity: cases with, without the condition.
        total_for_sensitivity, total_for_specificity: all cases that must be collected to have them.
        sensitivity_half_width, specificity_half_width: that these numbers reach.
    """

    for_sensitivity: int
    for_specificity: int
    total_for_sensitivity: int
    total_for_specificity: int
    sensitivity_half_width: float
    specificity_half_width: float


@dataclass(frozen=True)
class Achieved:
    """What a study of a size reaches: power, 0 to 1, and the expected half-width of its interval."""

    power: float
    half_width: float


def cases_for_auc(
    auc: float, *, power: float = 0.8, alpha: float = 0.05, healthy_per_diseased: float = 1.0
) -> Cases:
    """Cases to show that an AUC is not 0.5, two-sided (Obuchowski & McClish 1997; Obuchowski 2004).

    Args:
        auc: expected, above 0.5 and below 1.
        power: wanted, 0 to 1.
        alpha: two-sided level, 0 to 1.
        healthy_per_diseased: ratio.
    """
    _check(power, alpha)
    check_number("healthy per diseased cases", healthy_per_diseased, 0, 1e6)
    if not 0.5 < auc < 1 or healthy_per_diseased <= 0:
        raise UsageError(
            f"an AUC of {auc} with {healthy_per_diseased} healthy per diseased cannot be planned"
        )
    null = 0.0792 * (1 + 1 / healthy_per_diseased)
    expected = obuchowski_variance(auc, healthy_per_diseased)
    z = normal_quantile(1 - alpha / 2) * sqrt(null) + normal_quantile(power) * sqrt(expected)
    diseased = (z / (auc - 0.5)) ** 2
    healthy = diseased * healthy_per_diseased
    reached = auc_achieved(auc, diseased=ceil(diseased), healthy=ceil(healthy), alpha=alpha)
    return Cases(diseased, healthy, reached.power, reached.half_width)


def auc_achieved(auc: float, *, diseased: int, healthy: int, alpha: float = 0.05) -> Achieved:
    """Power to show that an AUC is not 0.5, and the half-width of its interval, with so many cases.

    Args:
        auc: expected, above 0.5 and below 1.
        diseased, healthy: cases, one or more of each.
        alpha: two-sided level; the interval is at 1 - alpha.
    """
    check_number("the AUC", auc, 0.5, 1, inside=True)
    check_number("alpha", alpha, 0, 1, inside=True)
    m, n = check_count("diseased cases", diseased, 1), check_count("healthy cases", healthy, 1)
    expected = sqrt(obuchowski_variance(auc, n / m) / m)
    away = (auc - 0.5) - normal_quantile(1 - alpha / 2) * sqrt(0.0792 * (1 + m / n) / m)
    return Achieved(normal_cdf(away / expected), two_sided_z(1 - alpha) * expected)


def obuchowski_variance(auc: float, healthy_per_diseased: float) -> float:
    """Variance of an AUC times the number of diseased cases, binormal (Obuchowski & McClish 1997)."""
    check_number("the AUC", auc, 0, 1, inside=True)
    check_number("healthy per diseased cases", healthy_per_diseased, 0, inside=True)
    a = normal_quantile(auc) * 1.414
    return 0.0099 * exp(-(a**2) / 2) * ((5 * a**2 + 8) + (a**2 + 8) / healthy_per_diseased)


def cases_for_precision(
    sensitivity: float, specificity: float, *, half_width: float, prevalence: float, level: float = 0.95
) -> PrecisionPlan:
    """Cases for intervals of sensitivity and specificity of a wanted half-width (Buderer 1996).

    Args:
        sensitivity, specificity: expected, above 0 and below 1.
        half_width: of the interval, above 0 and below 0.5.
        prevalence: of the condition among those who will be collected.
        level: of the interval.
    """
    for name, value in (
        ("sensitivity", sensitivity), ("specificity", specificity), ("prevalence", prevalence),
    ):  # fmt: skip
        if not 0 < value < 1:
            raise UsageError(f"a {name} to plan with lies between 0 and 1, got {value}")
    check_number("the half-width", half_width, 1e-6, 0.5)
    if not 0 < half_width < 0.5:
        raise UsageError(f"a half-width lies above 0 and below 0.5, got {half_width}")
    z = two_sided_z(level)
    sick = ceil(_exactly(z**2 * sensitivity * (1 - sensitivity) / half_width**2))
    well = ceil(_exactly(z**2 * specificity * (1 - specificity) / half_width**2))
    return PrecisionPlan(
        sick,
        well,
        ceil(_exactly(z**2 * sensitivity * (1 - sensitivity) / half_width**2 / prevalence)),
        ceil(_exactly(z**2 * specificity * (1 - specificity) / half_width**2 / (1 - prevalence))),
        z * sqrt(sensitivity * (1 - sensitivity) / sick),
        z * sqrt(specificity * (1 - specificity) / well),
    )


def cases_for_auc_interval(
    auc: float, *, half_width: float, healthy_per_diseased: float = 1.0, level: float = 0.95
) -> Cases:
    """Cases for an interval of the AUC of a wanted half-width, by Hanley and McNeil's variance.

    Args:
        auc: expected, 0.5 to 1.
        half_width: above 0 and below 0.5.
        healthy_per_diseased: ratio.
        level: of the interval.
    """
    check_number("healthy per diseased cases", healthy_per_diseased, 0, 1e6)
    if not 0.5 <= auc < 1 or not 0 < half_width < 0.5 or healthy_per_diseased <= 0:
        raise UsageError(f"an interval of +-{half_width} around an AUC of {auc} cannot be planned")
    z, low, high = two_sided_z(level), 2, 10_000_000
    while low < high:
        middle = (low + high) // 2
        healthy = max(1, round(middle * healthy_per_diseased))
        wide = z * sqrt(hanley_mcneil_variance(auc, middle, healthy)) > half_width
        low, high = (middle + 1, high) if wide else (low, middle)
    healthy = max(1, round(low * healthy_per_diseased))
    return Cases(low, healthy, half_width=z * sqrt(hanley_mcneil_variance(auc, low, healthy)))


def pairs_for_mcnemar(
    first_only: float, second_only: float, *, power: float = 0.8, alpha: float = 0.05
) -> int:
    """Pairs for McNemar's test, two-sided (Connor 1987, Biometrics 43).

    Args:
        first_only, second_only: expected shares of pairs in which only one of the two is right.
        power, alpha: 0 to 1.
    """
    _check(power, alpha)
    check_share("the share that only the first has right", first_only)
    check_share("the share that only the second has right", second_only)
    discordant, gap = first_only + second_only, first_only - second_only
    if min(first_only, second_only) < 0 or not 0 < discordant <= 1 or gap == 0:
        raise UsageError(f"discordant shares of {first_only} and {second_only} cannot be planned with")
    top = normal_quantile(1 - alpha / 2) * sqrt(discordant)
    top += normal_quantile(power) * sqrt(discordant - gap**2)
    return ceil(_exactly((top / gap) ** 2))


def mcnemar_achieved(first_only: float, second_only: float, *, pairs: int, alpha: float = 0.05) -> Achieved:
    """Power of McNemar's test with so many pairs, and the half-width of the difference's interval.

    Args:
        first_only, second_only: expected shares of pairs in which only one of the two is right.
        pairs: one or more.
        alpha: two-sided level; the interval is at 1 - alpha.
    """
    check_number("alpha", alpha, 0, 1, inside=True)
    for share in (first_only, second_only, first_only + second_only):
        check_share("a share of discordant pairs", share)
    n, discordant, gap = check_count("pairs", pairs, 1), first_only + second_only, first_only - second_only
    spread = discordant - gap**2
    if spread <= 0:
        raise UsageError(
            f"discordant shares of {first_only} and {second_only} leave no variance to plan with"
        )
    away = abs(gap) * sqrt(n) - normal_quantile(1 - alpha / 2) * sqrt(discordant)
    return Achieved(normal_cdf(away / sqrt(spread)), two_sided_z(1 - alpha) * sqrt(spread / n))


def _exactly(value: float) -> float:
    """Rounding noise taken off, so that 100.00000000001 cases are 100."""
    return round(value, 9)


def _check(power: float, alpha: float) -> None:
    check_share("the power", power)
    check_share("alpha", alpha)
    if not 0 < power < 1 or not 0 < alpha < 1:
        raise UsageError(f"power {power} and alpha {alpha}: both lie between 0 and 1")
