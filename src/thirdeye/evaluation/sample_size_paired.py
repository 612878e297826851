"""How many cases show that two AUCs on the same cases differ, from a pilot.

Under the hypothesis of no difference both areas have the variance of the first (the reference), so the null
variance of the difference is twice that less twice the covariance; under the alternative it is the sum of
both less twice the covariance (Obuchowski & McClish 1997, Stat Med 16:1529, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, pi, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.distributions import normal_cdf, normal_quantile
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_scores
from thirdeye.evaluation.multiclass import class_influence
from thirdeye.evaluation.paired import paired_auc
from thirdeye.evaluation.roc import roc_curve
from thirdeye.evaluation.sample_size import Cases

PilotMethod = Literal["delong", "binormal"]


@dataclass(frozen=True)
class Pilot:
    """Two AUCs on the same cases of a pilot; variances and covariance are times its diseased cases.

    Args:
        first, second: AUCs; the first is the reference.
        first_variance, second_variance, covariance: for one diseased case.
        diseased, healthy: cases of the pilot.
    """

    first: float
    second: float
    first_variance: float
    second_variance: float
    covariance: float
    diseased: int
    healthy: int

    @property
    def null_variance(self) -> float:
        """Of the difference where there is none."""
        return 2 * (self.first_variance - self.covariance)

    @property
    def variance(self) -> float:
        """Of the difference as the pilot found it."""
        return self.first_variance + self.second_variance - 2 * self.covariance


def pilot_of(labels: Any, first: Any, second: Any, *, method: PilotMethod = "delong") -> Pilot:
    """The variances of a pilot study.

    Args:
        labels: (n,) of 0 and 1, two or more of each.
        first, second: (n,) finite scores of the reference and the other reader.
        method: "delong", or "binormal" (Obuchowski & McClish 1997, equations 4 and 5, full area).

    Raises:
        UsageError: an unknown method.
        DataRefused: fewer than two cases of a class, equal AUCs, or no variance.
    """
    truth = check_binary(labels)
    scores = check_scores(first, truth.size), check_scores(second, truth.size)
    sick, well = int(truth.sum()), int((~truth).sum())
    if min(sick, well) < 2:
        raise DataRefused(f"a pilot needs two cases of either class, got {sick} with and {well} without")
    if method not in ("delong", "binormal"):
        raise UsageError(f"no method is called '{method}'; there are delong and binormal")
    found = paired_auc(truth, *scores)
    parts = _delong(truth, scores, sick) if method == "delong" else _binormal(truth, scores)
    pilot = Pilot(found.first, found.second, *parts, sick, well)
    if found.difference == 0 or min(pilot.variance, pilot.null_variance) <= 0:
        raise DataRefused(
            f"AUCs of {found.first:.4g} and {found.second:.4g}, no difference or variance: nothing to plan"
        )
    return pilot


def cases_for_paired_aucs(pilot: Pilot, *, power: float = 0.8, alpha: float = 0.05) -> Cases:
    """Cases to find the pilot's difference, at its ratio of healthy to diseased.

    Args:
        pilot: from `pilot_of`.
        power: wanted, above 0 and below 1.
        alpha: two-sided level, above 0 and below 1; double it for a one-sided test.

    Raises:
        UsageError: a power or level that cannot be.
    """
    if not 0 < power < 1:
        raise UsageError(f"a power lies between 0 and 1, got {power}")
    top = _deviate(alpha) * sqrt(pilot.null_variance) + normal_quantile(power) * sqrt(pilot.variance)
    diseased = (top / (pilot.first - pilot.second)) ** 2
    whole = ceil(diseased)
    return Cases(
        diseased, diseased * pilot.healthy / pilot.diseased,
        power_of_paired_aucs(pilot, diseased=whole, alpha=alpha),
        _deviate(alpha) * sqrt(pilot.variance / whole),
    )  # fmt: skip


def power_of_paired_aucs(pilot: Pilot, *, diseased: float | None = None, alpha: float = 0.05) -> float:
    """Power to find the pilot's difference with so many diseased cases.

    Args:
        pilot: from `pilot_of`.
        diseased: cases of the study, above 0; None takes those of the pilot.
        alpha: two-sided level.

    Raises:
        UsageError: a level or number that cannot be.
    """
    cases = pilot.diseased if diseased is None else diseased
    if not cases > 0:
        raise UsageError(f"a study has diseased cases, got {cases}")
    away = abs(pilot.first - pilot.second) * sqrt(cases) - _deviate(alpha) * sqrt(pilot.null_variance)
    return normal_cdf(away / sqrt(pilot.variance))


def _deviate(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise UsageError(f"an alpha lies between 0 and 1, got {alpha}")
    return normal_quantile(1 - alpha / 2)


Scores = tuple[NDArray[np.float64], NDArray[np.float64]]


def _delong(truth: NDArray[np.bool_], scores: Scores, sick: int) -> tuple[float, float, float]:
    groups = check_clusters(None, truth.size)
    parts = [class_influence(truth, one, groups) for one in scores]
    one, other = (part.clusters for part in parts if part is not None)
    return sick * float(one @ one), sick * float(other @ other), sick * float(one @ other)


def _binormal(truth: NDArray[np.bool_], scores: Scores) -> tuple[float, float, float]:
    ratio = float((~truth).sum() / truth.sum())
    curves = [_Binormal.of(truth, one) for one in scores]
    ra, rn = (float(np.corrcoef(scores[0][rows], scores[1][rows])[0, 1]) for rows in (truth, ~truth))
    if not np.isfinite([ra, rn]).all():
        raise DataRefused("a score that does not vary in one class has no correlation with the other")
    return (
        curves[0].variance(ratio),
        curves[1].variance(ratio),
        _covariance(curves[0], curves[1], ra, rn, ratio),
    )


@dataclass(frozen=True)
class _Binormal:
    """Specificity on sensitivity, both as normal deviates, by least squares over the attained points."""

    a: float
    b: float

    @classmethod
    def of(cls, truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> _Binormal:
        curve = roc_curve(truth, scores)
        inner = (np.array([curve.sensitivity, curve.specificity]) % 1 != 0).all(axis=0)
        if inner.sum() < 2:
            raise DataRefused("a binormal curve needs two thresholds inside the ROC; take method delong")
        sens, spec = (
            [normal_quantile(float(value)) for value in line[inner]]
            for line in (curve.sensitivity, curve.specificity)
        )
        b, a = np.polyfit(sens, spec, 1)
        return cls(float(a), float(b))

    @property
    def f(self) -> float:
        """Derivative of the area by `a`."""
        spread = 1 + self.b**2
        return exp(-(self.a**2) / (2 * spread)) / sqrt(2 * pi * spread)

    @property
    def g(self) -> float:
        """Derivative of the area by `b`."""
        return -self.f * self.a * self.b / (1 + self.b**2)

    def variance(self, ratio: float) -> float:
        """Equation 4; `ratio` is healthy over diseased."""
        of_a = 1 + self.b**2 / ratio + self.a**2 / 2
        return self.f**2 * of_a + self.g**2 * self.b**2 * (1 + ratio) / (2 * ratio)


def _covariance(one: _Binormal, other: _Binormal, ra: float, rn: float, ratio: float) -> float:
    """Equation 5; `ra` and `rn` are the correlations in diseased and healthy cases."""
    product = one.b * other.b
    return (
        one.f * other.f * (ra + rn * product / ratio + ra**2 * one.a * other.a / 2)
        + one.g * other.g * product * (rn**2 + ratio * ra**2) / (2 * ratio)
        + ra**2 / 2 * (one.f * other.g * one.a * other.b + other.f * one.g * other.a * one.b)
    )
