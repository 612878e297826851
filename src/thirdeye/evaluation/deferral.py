"""Deferral: what happens when the least certain cases are handed to a person.

El-Yaniv & Wiener 2010 (J Mach Learn Res 11); Geifman & El-Yaniv 2017. The rule is fixed on validation
data; its effect is measured on others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import (
    check_binary,
    check_length,
    check_numbers,
    check_probabilities,
    check_scores,
)
from thirdeye.evaluation.metric import ThresholdOrigin
from thirdeye.evaluation.proportion import proportion_interval
from thirdeye.evaluation.scalars import check_number

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RiskCoverage:
    """Share of wrong decisions among the most certain cases.

    Args:
        coverage: (n,) 1/n, 2/n, ..., 1: share of cases that the machine decides.
        risk: (n,) share of these that it decides wrongly.
        confidence: (n,) of the last case that is decided.
        aurc: mean risk over all coverages; lower is better.
    """

    coverage: Array
    risk: Array
    confidence: Array
    aurc: float

    def risk_at(self, coverage: float) -> float:
        """Risk when the most certain `coverage` of the cases are decided, above 0 to 1."""
        if not 0 < coverage <= 1:
            raise UsageError(f"a coverage lies above 0 and at most at 1, got {coverage}")
        place = max(1, round(coverage * self.risk.size))
        return float(self.risk[place - 1])


@dataclass(frozen=True)
class SystemPerformance:
    """Machine and person together under a deferral rule.

    Args:
        sensitivity, specificity: of the pair; None without cases of that kind.
        sensitivity_interval, specificity_interval: Wilson's.
        workload: share of cases that the person reads.
        deferred: number of cases.
    """

    sensitivity: float | None
    specificity: float | None
    sensitivity_interval: tuple[float, float] | None
    specificity_interval: tuple[float, float] | None
    workload: float
    deferred: int


@dataclass(frozen=True)
class DeferralRule:
    """Which cases the machine hands to a person, fixed before the cases that it is measured on were seen.

    Args:
        name: in words ("least certain 20% to the reader").
        threshold: of the machine.
        below: cases with a `certainty` below it are deferred.
        share: of the validation cases that it defers.
        origin: "tuned_on_validation" or "prespecified".
    """

    name: str
    threshold: float
    below: float
    share: float | None
    origin: ThresholdOrigin

    def defers(self, probabilities: Array) -> NDArray[np.bool_]:
        """(n,) True for the cases that a person reads."""
        return certainty(probabilities, self.threshold) < self.below

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def certainty(probabilities: Any, threshold: float) -> Array:
    """How far a probability lies from the threshold: 0 at it, 1 at a probability of 0 or 1.

    With a threshold of 0.5 it orders cases as max(p, 1 - p) does.

    Args:
        probabilities: (n,) from 0 to 1.
        threshold: above 0 and below 1.
    """
    check_number("the threshold", threshold, 0, 1, inside=True)
    given = check_numbers("probabilities", probabilities)
    values = check_probabilities(given, given.size)
    return np.where(
        values >= threshold, (values - threshold) / (1 - threshold), (threshold - values) / threshold
    )


def deferral_rules(
    probabilities: Any, *, threshold: float, shares: Sequence[float] = (0.1, 0.2, 0.3, 0.5)
) -> tuple[DeferralRule, ...]:
    """Rules that defer stated shares of validation cases.

    Args:
        probabilities: (n,) of validation cases, from 0 to 1.
        threshold: of the machine, above 0 and below 1.
        shares: each above 0 and below 1.
    """
    known = np.sort(certainty(probabilities, threshold))
    if known.size < 2:
        raise UsageError(f"a rule needs validation cases, got {known.size}")
    found = []
    for share in shares:
        check_number("the share of cases to defer", share, 0, 1, inside=True)
        below = float(known[min(known.size - 1, round(share * known.size))])
        name = f"least certain {share:.0%} to the reader"
        found.append(
            DeferralRule(name, threshold, below, float((known < below).mean()), "tuned_on_validation")
        )
    return tuple(found)


def risk_coverage(
    labels: Any, probabilities: Any, *, threshold: float = 0.5, confidence: Any = None
) -> RiskCoverage:
    """Curve over the distance of the probability from indecision.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1; ties keep the order of the rows.
        threshold: positive at or above it.
        confidence: (n,) by which cases are ordered; None takes max(p, 1 - p).
    """
    check_number("the threshold", threshold)
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    if confidence is None:
        confidence = np.maximum(values, 1 - values)
    confidence = check_scores(confidence, truth.size, what="confidence")
    order = np.argsort(-confidence, kind="stable")
    wrong = ((values >= threshold) != truth)[order]
    places = np.arange(1, truth.size + 1)
    risk = np.cumsum(wrong) / places
    return RiskCoverage(places / truth.size, risk, confidence[order], float(risk.mean()))


def performance_with_deferral(
    labels: Any, probabilities: Any, person: Any, *, threshold: float, defer_below: float
) -> SystemPerformance:
    """The pair's performance when the person reads what the machine is not sure of.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        person: (n,) decisions of the person, 0 and 1.
        threshold: of the machine.
        defer_below: cases whose confidence max(p, 1 - p) lies below it go to the person; fixed on other data.
    """
    check_number("the threshold", threshold)
    check_number("the certainty below which cases are deferred", defer_below)
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    decided = check_binary(person)
    check_length("person", decided, truth.size)
    deferred = np.maximum(values, 1 - values) < defer_below
    said = np.where(deferred, decided, values >= threshold)
    parts: list[tuple[float | None, tuple[float, float] | None]] = []
    for kind, right in ((truth, said), (~truth, ~said)):
        n, hits = int(kind.sum()), int((right & kind).sum())
        parts.append((hits / n, proportion_interval(hits, n)) if n else (None, None))
    return SystemPerformance(
        parts[0][0], parts[1][0], parts[0][1], parts[1][1], float(deferred.mean()), int(deferred.sum())
    )
