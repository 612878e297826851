"""What a reader of the numbers must be told: audits that run before any metric is printed."""

from __future__ import annotations

from thirdeye.evaluation.case_set import CaseSet

MIN_CASES = 100
IMBALANCE = 0.2


def audit(cases: CaseSet, *, unit: str, patients_known: bool) -> list[str]:
    """Sentences for a person; empty when nothing is wrong.

    Args:
        cases: the set.
        unit: what a row is.
        patients_known: whether the patient of each row was given.
    """
    return [*_clusters(cases, unit, patients_known), *_origins(cases), *_events(cases), *_imbalance(cases)]


def _clusters(cases: CaseSet, unit: str, known: bool) -> list[str]:
    if known or unit == "patient":
        return []
    return [
        f"No patient is known for these {cases.n} cases (unit: {unit}): intervals take each as independent "
        "and are too narrow where a patient has several."
    ]


def _origins(cases: CaseSet) -> list[str]:
    return [
        f"The threshold of '{point.name}' was chosen on the test cases: what it gives is exploratory."
        for point in cases.thresholds
        if point.origin == "chosen_on_test"
    ]


def _events(cases: CaseSet) -> list[str]:
    counts = cases.membership.sum(axis=0)
    few = [f"{name} ({n})" for name, n in zip(cases.classes, counts, strict=True) if n < MIN_CASES]
    if not few:
        return []
    return [f"Fewer than {MIN_CASES} cases of {', '.join(few)}: expect wide intervals."]


def _imbalance(cases: CaseSet) -> list[str]:
    if cases.positive is None:
        return []
    share = float(cases.membership[:, cases.positive].mean())
    if IMBALANCE <= share <= 1 - IMBALANCE:
        return []
    name = cases.classes[cases.positive]
    return [
        f"{share:.0%} of the cases are {name}: accuracy alone misleads; read balanced accuracy and "
        "precision-recall with it."
    ]
