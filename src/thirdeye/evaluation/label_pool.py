"""All labels of a multi-label reader together: rates pooled over labels, means over labels, wrong labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import bootstrap_metric, resample
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.case_set import CaseSet
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proper_scores import mean_metric

Array = NDArray[np.float64]
AT_HALF = "a label is called at probability 0.5"
MICRO = f"all pairs of a case and a label pooled; {AT_HALF}"
MACRO = f"unweighted mean over labels; {AT_HALF}; undefined when a label is neither present nor called"
_NAMES = {
    "f1_micro": (MICRO, "no label is present or called"),
    "f1_macro": (MACRO, "a label is neither present nor called"),
    "sensitivity_micro": (MICRO, "no label is present"),
    "ppv_micro": (MICRO, "no label was called"),
    "specificity_micro": (MICRO, "every label is present everywhere"),
}


def pooled_metrics(cases: CaseSet) -> list[Metric]:
    """Micro and macro F1, micro sensitivity, specificity and PPV, and the share of wrong labels.

    Args:
        cases: of a multi-label task.
    """
    truth, called, groups = cases.membership, cases.probabilities >= 0.5, cases.groups
    columns = np.concatenate([truth & called, truth, called, np.ones((cases.n, 1))], axis=1)
    draws = resample(
        [totals_statistic(columns, groups)], groups.count, n_resamples=cases.n_resamples, seed=cases.seed
    )[0]
    whole, drawn = _values(columns.sum(axis=0)[None].astype(np.float64)), _values(draws)
    present = int(truth.sum())
    known: dict[str, Any] = {
        "n": cases.n, "n_clusters": groups.count, "groups_of": min(present, truth.size - present),
        "level": cases.level,
    }  # fmt: skip
    found = [
        bootstrap_metric(name, float(whole[name][0]), drawn[name], reason=why, convention=convention, **known)
        for name, (convention, why) in _NAMES.items()
    ]
    wrong = (truth != called).mean(axis=1)
    return [*found, mean_metric(
        wrong, name="hamming_loss", clusters=groups, level=cases.level,
        convention=f"share of labels that are wrong in a case; {AT_HALF}",
    )]  # fmt: skip


def _values(totals: Array) -> dict[str, Array]:
    k = (totals.shape[1] - 1) // 3
    hits, truth, called, n = (totals[:, at * k : (at + 1) * k] for at in range(4))
    hit, true, said = hits.sum(axis=1), truth.sum(axis=1), called.sum(axis=1)
    absent = n[:, 0] * k - true
    return {
        "f1_micro": _over(2 * hit, true + said),
        "f1_macro": _over(2 * hits, truth + called).mean(axis=1),
        "sensitivity_micro": _over(hit, true),
        "ppv_micro": _over(hit, said),
        "specificity_micro": _over(absent - said + hit, absent),
    }


def _over(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
