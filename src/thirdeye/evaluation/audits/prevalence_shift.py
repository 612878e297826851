"""prev.shift: the condition is rarer or commoner where the reader will be used than in the set."""

from __future__ import annotations

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.rates import prevalence_metric


def is_shifted(cases: CaseSet, prevalence: float) -> bool:
    """Whether a stated prevalence lies outside the interval of the set's own.

    Args:
        cases: a binary set.
        prevalence: of use, above 0 and below 1.
    """
    own = prevalence_metric(cases.membership[:, cases.positive or 0], groups=cases.groups, level=cases.level)
    low, high = own.ci_low, own.ci_high
    return low is not None and high is not None and not low <= prevalence <= high


def shifted_prevalence(cases: CaseSet) -> list[Audit]:
    """The stated prevalence of use against that of the set; predictive values are then those of use only.

    Args:
        cases: the set, with the prevalence of use first among its `prevalences`.
    """
    if cases.positive is None or not cases.prevalences or not is_shifted(cases, cases.prevalences[0]):
        return []
    column, stated = cases.positive, cases.prevalences[0]
    own = prevalence_metric(cases.membership[:, column], groups=cases.groups, level=cases.level)
    sentence = (
        f"{own.value:.1%} of these cases are {cases.classes[column]} ({own.ci_low:.1%} to "
        f"{own.ci_high:.1%}), but {stated:.2%} where the reader is to be used: "
        "predictive values are given for that only."
    )
    numbers = {"stated": stated, "in_set": own.value, "ci_low": own.ci_low, "ci_high": own.ci_high}
    return [Audit("prev.shift", "warning", sentence, numbers)]
