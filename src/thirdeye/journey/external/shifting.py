"""The block "shift" of an external set: what is unlike the data that the reader comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.headline import of_whole_set
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.likelihood_ratio import Calls
from thirdeye.evaluation.predictive_value import predictive_metrics
from thirdeye.evaluation.rates import prevalence_metric
from thirdeye.evaluation.shift import (
    TwoSets,
    auc_sentence,
    independent_auc_difference,
    prevalence_difference,
)
from thirdeye.journey.material import label_array
from thirdeye.plan.plan import Plan


@dataclass(frozen=True)
class Part:
    """Labels of one set of cases.

    Args:
        name: "development", "test" or "external".
        labels: (n,) class numbers, or (n, K) of 0 and 1.
        clusters: (n,) patients; None where none is known.
    """

    name: str
    labels: NDArray[np.int64]
    clusters: NDArray[Any] | None

    @classmethod
    def of(cls, name: str, rows: pd.DataFrame, plan: Plan, *, patients_known: bool) -> Part:
        """The part that these rows of a dataset are."""
        patients = rows["patient"].to_numpy(dtype=str) if patients_known else None
        return cls(name, label_array(rows, plan), patients)

    def has(self, column: int) -> NDArray[np.bool_]:
        """(n,) whether the case has the class."""
        return self.labels == column if self.labels.ndim == 1 else self.labels[:, column] == 1


def prevalence_shift(
    parts: Sequence[Part], classes: Sequence[str], positive: str | None
) -> list[dict[str, Any]]:
    """Per class (binary: of the positive one) the prevalence in each part, and external against the others.

    Args:
        parts: development, test and external, in this order.
        classes: of the reader.
        positive: its positive class, or None.
    """
    columns = [classes.index(positive)] if positive is not None else range(len(classes))
    return [_prevalence_of(parts, classes[column], column) for column in columns]


def _prevalence_of(parts: Sequence[Part], name: str, column: int) -> dict[str, Any]:
    shares = {}
    for part in parts:
        truth = part.has(column)
        groups = check_clusters(part.clusters, truth.size)
        metric = prevalence_metric(truth, groups=groups, level=0.95)
        shares[part.name] = metric.with_(class_name=name).as_json()
    external = parts[-1]
    tests = {
        part.name: prevalence_difference(
            part.has(column), external.has(column), first_clusters=part.clusters,
            second_clusters=external.clusters,
        ).as_json()
        for part in parts[:-1]
    }  # fmt: skip
    return {"class": name, "prevalence": shares, "external_against": tests}


def predictive_values_elsewhere(
    cases: CaseSet, prevalences: Mapping[str, float], plan: Plan
) -> list[dict[str, Any]]:
    """Predictive values of the external cases at other prevalences (binary).

    Args:
        cases: the external set, with its operating points.
        prevalences: what it is of ("development", "stated") to the share.
        plan: task and classes.
    """
    if cases.positive is None:
        return []
    truth, scores = cases.membership[:, cases.positive], cases.probabilities[:, cases.positive]
    found = []
    for point in cases.thresholds:
        calls = Calls(truth, scores >= point.threshold, cases.groups, cases.level)
        for of, share in prevalences.items():
            if 0 < share < 1:
                ppv, npv = (point.mark(one).as_json() for one in predictive_metrics(calls, share))
                found.append({"prevalence_of": of, "prevalence": share, "ppv": ppv, "npv": npv})
    return found


def discrimination_shift(
    test: Mapping[str, Any], external: Mapping[str, Any], name: str, *, level: float = 0.95
) -> dict[str, Any]:
    """AUC (or macro AUC) of the test part and the external set, their difference, and a sentence.

    Args:
        test, external: entries of "sets".
        name: of the external set.
        level: confidence level.
    """
    first, second = (of_whole_set(entry["metrics"], "auc", "auc_macro") for entry in (test, external))
    if first is None or second is None:
        return {"measure": None, "sentence": "There is no AUC to compare."}
    found: TwoSets = independent_auc_difference(first, second, level=level)
    return {
        "measure": first["name"], "test": dict(first), "external": dict(second),
        "difference": found.difference.as_json(), "method": found.test, "p_value": found.p_value,
        "sentence": auc_sentence(first, second, found, name),
    }  # fmt: skip
