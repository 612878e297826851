"""May a new model follow an old one? Both on the same frozen cases, against margins fixed beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_length, check_probabilities
from thirdeye.evaluation.metric import MIN_EVENTS
from thirdeye.evaluation.paired import PairedDifference, normal_difference, paired_auc, paired_proportion
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.proper_scores import brier
from thirdeye.evaluation.proportion import proportion

MEASURES = ("auc", "sensitivity", "specificity", "brier")


@dataclass(frozen=True)
class Margins:
    """The largest losses that are still accepted, fixed before the new model is tested.

    Args:
        auc, sensitivity, specificity: a fall by so much; above 0, below 1.
        brier: a rise by so much (less is better).
        level: of the two-sided intervals that have to stay within; 0.95 is a one-sided test at 0.025.
        fewest: cases with, and without, the condition below which nothing is accepted.
    """

    auc: float = 0.05
    sensitivity: float = 0.1
    specificity: float = 0.1
    brier: float = 0.05
    level: float = 0.95
    fewest: int = 30

    def __post_init__(self) -> None:
        for name in MEASURES:
            if not 0 < getattr(self, name) < 1:
                raise UsageError(f"a margin of {name} lies above 0 and below 1, got {getattr(self, name)}")
        if not 0.5 < self.level < 1 or self.fewest < MIN_EVENTS:
            raise UsageError(f"expected a level of 0.5 to 1 and {MIN_EVENTS} cases or more of either kind")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class Criterion:
    """One measure against its margin.

    Args:
        measured: of the new (first) and the old model (second), with the paired difference.
        margin: the loss that is accepted.
        passed: whether the interval of the difference stays within; None where there is no interval.
    """

    measured: Measured
    margin: float
    passed: bool | None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**self.measured.as_json(), "margin": self.margin, "passed": self.passed}


@dataclass(frozen=True)
class Acceptance:
    """What an acceptance test found.

    Args:
        criteria: of `MEASURES`, in their order.
        enough: whether there were as many cases as agreed.
        n, n_patients, n_pos: cases that both models read.
    """

    criteria: tuple[Criterion, ...]
    enough: bool
    n: int
    n_patients: int
    n_pos: int

    @property
    def passed(self) -> bool:
        """Whether every criterion is met."""
        return self.enough and all(one.passed is True for one in self.criteria)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "passed": self.passed, "enough": self.enough, "n": self.n, "n_patients": self.n_patients,
            "n_pos": self.n_pos, "criteria": [one.as_json() for one in self.criteria],
        }  # fmt: skip


def acceptance(
    labels: Any, new: Any, old: Any, *, new_calls: Any, old_calls: Any, patients: Any, margins: Margins
) -> Acceptance:
    """Non-inferiority of a new model on every measure.

    Args:
        labels: (n,) of 0 and 1.
        new, old: (n,) calibrated probabilities on the same cases.
        new_calls, old_calls: (n,) whether each calls the case positive at its own operating point.
        patients: (n,) names; intervals are taken over patients.
        margins: as agreed.

    Raises:
        UsageError: columns of unequal length; cases of one kind only.
        DataRefused: a label or call other than 0 and 1; a probability outside 0 to 1.
    """
    truth = check_binary(labels)
    scores = [check_probabilities(one, truth.size) for one in (new, old)]
    calls = [check_binary(one) for one in (new_calls, old_calls)]
    for what, one in zip(("new_calls", "old_calls"), calls, strict=True):
        check_length(what, one, truth.size)
    groups = check_clusters(patients, truth.size)
    few = min(int(truth.sum()), int((~truth).sum()))
    if few == 0:
        raise UsageError("a frozen set needs cases with and without the condition; it has one kind only")
    level, clusters = margins.level, groups.codes
    first, second = (auc(truth, one, clusters=clusters, level=level) for one in scores)
    found = {"auc": Measured(first, second, paired_auc(truth, *scores, clusters=clusters, level=level))}
    for name, among in (("sensitivity", truth), ("specificity", ~truth)):
        found[name] = _rate(name, [(one == truth)[among] for one in calls], clusters[among], level)
    first, second = (brier(truth, one, clusters=clusters, level=level) for one in scores)
    found["brier"] = Measured(first, second, _brier_gap(truth, scores, clusters, level))
    criteria = tuple(_judged(found[name], getattr(margins, name), name == "brier") for name in MEASURES)
    return Acceptance(criteria, few >= margins.fewest, truth.size, groups.count, int(truth.sum()))


def margins_from(form: Mapping[str, Any]) -> Margins:
    """The margins of a plan.

    Raises:
        UsageError: they are none.
    """
    try:
        return Margins(**form)
    except TypeError:
        raise UsageError(
            f"a plan's margins are {', '.join(Margins().as_json())}, got {', '.join(form)}"
        ) from None


def _rate(name: str, right: list[NDArray[np.bool_]], clusters: NDArray[np.int64], level: float) -> Measured:
    one, other = (proportion(hits, name=name, clusters=clusters, level=level) for hits in right)
    return Measured(one, other, paired_proportion(*right, clusters=clusters, level=level))


def _brier_gap(
    truth: NDArray[np.bool_], scores: list[NDArray[np.float64]], clusters: NDArray[np.int64], level: float
) -> PairedDifference:
    groups = check_clusters(clusters, truth.size)
    first, second = ((one - truth) ** 2 for one in scores)
    mean = clustered_mean(first - second, groups)
    variance = None if mean.standard_error is None else mean.standard_error**2
    return normal_difference(
        float(first.mean()), float(second.mean()), variance, method="clustered_ratio_estimator",
        n=truth.size, n_clusters=groups.count, level=level,
    )  # fmt: skip


def _judged(measured: Measured, margin: float, less_is_better: bool) -> Criterion:
    """Equal models have no variance: their difference is 0 and passes."""
    gap = measured.result
    if gap is None:
        return Criterion(measured, margin, None)
    if gap.ci_low is None or gap.ci_high is None:
        return Criterion(measured, margin, True if gap.difference == 0 else None)
    passed = gap.ci_high < margin if less_is_better else gap.ci_low > -margin
    return Criterion(measured, margin, passed)
