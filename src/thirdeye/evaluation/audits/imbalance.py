"""imbalance: one class is rare, and accuracy alone would mislead."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.headline import BESIDE, IMBALANCE
from thirdeye.evaluation.metric import Metric


def imbalance(cases: CaseSet, metrics: Sequence[Metric] = ()) -> list[Audit]:
    """A positive class of less than `IMBALANCE` or more than 1 - `IMBALANCE` of the cases.

    Args:
        cases: a binary set; others have one share per class, and no accuracy as headline either.
        metrics: of the set; those to be read beside accuracy are repeated.
    """
    if cases.positive is None:
        return []
    share = float(cases.membership[:, cases.positive].mean())
    if IMBALANCE <= share <= 1 - IMBALANCE:
        return []
    name, beside = cases.classes[cases.positive], _beside(metrics)
    sentence = (
        f"{share:.0%} of the cases are {name}: accuracy alone misleads; read balanced accuracy, "
        "precision-recall and Matthews' correlation with it."
    )
    return [Audit("imbalance", "warning", sentence, {"prevalence": share} | beside)]


def _beside(metrics: Sequence[Metric]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for metric in metrics:
        if metric.name in BESIDE and metric.class_name is None:
            found.setdefault(metric.name, metric.value)
    return found
