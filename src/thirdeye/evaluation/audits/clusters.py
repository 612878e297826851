"""clusters.unknown: nobody says which rows belong to one patient."""

from __future__ import annotations

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.case_set import CaseSet


def unknown_clusters(cases: CaseSet, *, unit: str, patients_known: bool) -> list[Audit]:
    """Intervals that take every row as independent.

    Args:
        cases: the set.
        unit: what a row is.
        patients_known: whether the patient of each row was given.
    """
    if patients_known or unit == "patient":
        return []
    sentence = (
        f"No patient is known for these {cases.n} cases (unit: {unit}): intervals take each as independent "
        "and are too narrow where a patient has several."
    )
    return [Audit("clusters.unknown", "warning", sentence, {"n": cases.n})]
