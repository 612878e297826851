"""Is the new reader not worse than the old one by more than a margin that was fixed beforehand?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import normal_cdf, normal_quantile
from thirdeye.evaluation.mcnemar import tango_interval, tango_z
from thirdeye.evaluation.paired import paired_auc


@dataclass(frozen=True)
class Margin:
    """What was agreed before any result was seen.

    Args:
        measure: "auc", "sensitivity" or "specificity".
        margin: largest loss that would still be accepted, above 0 and below 1.
        alpha: one-sided level, above 0 and below 0.5.
        fixed_on: ISO date of the agreement.
        reason: why this margin.
    """

    measure: str
    margin: float
    alpha: float
    fixed_on: str
    reason: str

    def __post_init__(self) -> None:
        if not 0 < self.margin < 1:
            raise UsageError(f"a margin is a loss above 0 and below 1, got {self.margin}")
        if not 0 < self.alpha < 0.5:
            raise UsageError(f"a one-sided level lies above 0 and below 0.5, got {self.alpha}")

    @property
    def sha256(self) -> str:
        """Fingerprint to be stored with the plan, so that the margin cannot move afterwards."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class NonInferiority:
    """The verdict.

    Args:
        difference: new minus reference.
        standard_error: of the difference; None where the interval is a score interval.
        z: statistic of the hypothesis that the loss is the margin or more.
        p: one-sided.
        lower: one-sided lower limit of the difference at 1 - alpha.
        shown: whether `lower` lies above minus the margin.
        margin_sha256: of the `Margin` that was used.
    """

    difference: float
    standard_error: float | None
    z: float
    p: float
    lower: float
    shown: bool
    margin_sha256: str


def noninferior_auc(
    labels: Any, new: Any, reference: Any, *, margin: Margin, agreed_sha256: str, clusters: Any = None
) -> NonInferiority:
    """By DeLong's paired standard error (Obuchowski's where a cluster has several rows).

    Args:
        labels: (n,) of 0 and 1.
        new, reference: (n,) scores of the same cases.
        margin: as agreed.
        agreed_sha256: fingerprint that was stored when it was agreed.
        clusters: (n,) patient of each row, or None.

    Raises:
        UsageError: the margin is not the one that was agreed, or the AUCs have no standard error.
    """
    _refuse_other(margin, agreed_sha256, "auc")
    found = paired_auc(labels, new, reference, clusters=clusters)
    if found.standard_error is None or found.difference is None or found.standard_error <= 0:
        raise UsageError("the difference of the AUCs has no standard error; more cases are needed")
    z = (found.difference + margin.margin) / found.standard_error
    lower = found.difference - normal_quantile(1 - margin.alpha) * found.standard_error
    return NonInferiority(
        found.difference,
        found.standard_error,
        z,
        normal_cdf(-z),
        lower,
        lower > -margin.margin,
        margin.sha256,
    )


def noninferior_proportion(
    new_only: int, reference_only: int, n: int, *, margin: Margin, agreed_sha256: str
) -> NonInferiority:
    """Paired sensitivities or specificities by Tango's score test (1998, Stat Med 17).

    Args:
        new_only: cases that the new reader alone has right.
        reference_only: cases that the reference alone has right.
        n: all cases with (sensitivity) or without (specificity) the condition.
        margin, agreed_sha256: as `noninferior_auc`.

    Raises:
        UsageError: the margin is not the one that was agreed, or counts that cannot be.
    """
    _refuse_other(margin, agreed_sha256, "sensitivity", "specificity")
    if new_only < 0 or reference_only < 0 or not 0 < n >= new_only + reference_only:
        raise UsageError(f"{new_only} + {reference_only} discordant cases of {n} cannot be")
    z = tango_z(new_only, reference_only, n, -margin.margin)
    lower = tango_interval(new_only, reference_only, n, level=1 - 2 * margin.alpha)[0]
    difference = (new_only - reference_only) / n
    return NonInferiority(difference, None, z, normal_cdf(-z), lower, lower > -margin.margin, margin.sha256)


def _refuse_other(margin: Margin, agreed_sha256: str, *measures: str) -> None:
    if margin.measure not in measures:
        raise UsageError(f"the margin is for {margin.measure}, not for {' or '.join(measures)}")
    if margin.sha256 != agreed_sha256:
        raise UsageError(
            "the margin is not the one whose fingerprint was stored beforehand; a margin that is chosen "
            "after the results proves nothing"
        )
