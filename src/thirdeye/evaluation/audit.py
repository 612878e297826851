"""The audits that a set of cases can answer for itself; the journey adds those that need more than it."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.audits.clusters import unknown_clusters
from thirdeye.evaluation.audits.events import few_events
from thirdeye.evaluation.audits.imbalance import imbalance
from thirdeye.evaluation.audits.prevalence_shift import shifted_prevalence
from thirdeye.evaluation.audits.threshold_origin import threshold_on_test
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.metric import Metric


def audit(cases: CaseSet, *, unit: str, patients_known: bool, metrics: Sequence[Metric] = ()) -> list[Audit]:
    """What a reader of the numbers must be told; empty when nothing is wrong.

    Args:
        cases: the set.
        unit: what a row is.
        patients_known: whether the patient of each row was given.
        metrics: of the set.
    """
    return [
        *unknown_clusters(cases, unit=unit, patients_known=patients_known),
        *threshold_on_test(cases),
        *few_events(cases, metrics),
        *imbalance(cases, metrics),
        *shifted_prevalence(cases),
    ]
