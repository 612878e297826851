"""The evidence of a reader of grades: what many classes have, and what their order adds."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.evaluation.agreement import KappaWeights, kappa
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiclass_evidence import multiclass_evidence
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.proportion import proportion


def ordinal_evidence(cases: CaseSet) -> dict[str, Any]:
    """Metrics (as objects) and JSON-ready blocks of an ordinal task; classes run from least to most."""
    block = multiclass_evidence(cases)
    of_grades = [_kappa(cases, "quadratic"), _kappa(cases, "linear"), _adjacent(cases), _error(cases)]
    return block | {"metrics": [*of_grades, *cut_aucs(cases), *block["metrics"]]}


def _kappa(cases: CaseSet, weights: KappaWeights) -> Metric:
    return kappa(
        cases.labels, cases.predicted, k=len(cases.classes), weights=weights, clusters=cases.groups,
        level=cases.level, n_resamples=cases.n_resamples, seed=cases.seed,
    )  # fmt: skip


def _adjacent(cases: CaseSet) -> Metric:
    near = np.abs(cases.labels - cases.predicted) <= 1
    return proportion(
        near, name="adjacent_agreement", clusters=cases.groups, level=cases.level,
        convention="share of cases called at most one grade off; the most probable grade is the call",
    )  # fmt: skip


def cut_aucs(cases: CaseSet) -> list[Metric]:
    """The AUC of "this grade or more" at each cut, scored by the summed probability of those grades."""
    at_least = np.cumsum(cases.probabilities[:, ::-1], axis=1)[:, ::-1]
    return [
        auc(cases.labels >= cut, at_least[:, cut], clusters=cases.groups, level=cases.level).with_(
            name="auc_at_cut", class_name=f">= {cases.classes[cut]}"
        )
        for cut in range(1, len(cases.classes))
    ]


def _error(cases: CaseSet) -> Metric:
    return mean_metric(
        np.abs(cases.labels - cases.predicted).astype(np.float64), name="mean_absolute_error",
        clusters=cases.groups, level=cases.level, convention="in grades; the most probable grade is the call",
    )  # fmt: skip
