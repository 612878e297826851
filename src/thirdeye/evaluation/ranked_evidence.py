"""Measures of the ranking with bootstrap intervals, and the bands of both curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.auc_intervals import with_other_intervals
from thirdeye.evaluation.bootstrap import bootstrap_metric, percentile_interval
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.precision_recall import CONVENTION as AP_CONVENTION
from thirdeye.evaluation.precision_recall import average_precision_value
from thirdeye.evaluation.ranked_resamples import FALSE_ALARMS, PARTIAL, RECALLS, read_ranked

Array = NDArray[np.float64]
BAND = "bootstrap_percentile_by_cluster_pointwise"
_LOST = "one class only: a ranking needs cases of both"
_AREA = {
    "auc_pr_davis_goadrich": "area under the precision-recall curve, Davis and Goadrich's interpolation",
    "partial_auc_specificity_90_100": "area under the ROC where specificity is 0.9 to 1, at most 0.1",
    "partial_auc_sensitivity_90_100": "area under the ROC where sensitivity is 0.9 to 1, at most 0.1",
}


def ranked_metrics(
    truth: NDArray[np.bool_], scores: Array, draws: Array, whole: Array, *, groups: Clusters, level: float
) -> list[Metric]:
    """AUC with its other intervals, average precision, area under PR, and partial areas, raw and corrected.

    Args:
        truth, scores: (n,) labels and scores.
        draws: (B, c) from `ranked_statistic`.
        whole: (1, c) the same of all cases.
        groups: patient of each row.
        level: confidence level.
    """
    held, value = read_ranked(draws), read_ranked(whole)
    fields = _fields(truth, groups, level)
    found = [
        with_other_intervals(
            auc(truth, scores, clusters=groups, level=level), truth, scores, held.areas["auc"], groups
        ),
        bootstrap_metric(
            "average_precision", average_precision_value(truth, scores), held.areas["average_precision"],
            reason="no positive case", convention=AP_CONVENTION,
            details={"prevalence": float(truth.mean())}, **fields | {"groups_of": fields["n_pos"]},
        ),
    ]  # fmt: skip
    for name, convention in _AREA.items():
        area, drawn = float(value.areas[name][0]), held.areas[name]
        found.append(bootstrap_metric(name, area, drawn, reason=_LOST, convention=convention, **fields))
        if name.startswith("partial"):
            found.append(_corrected(name, area, drawn, fields))
    return found


def _fields(truth: NDArray[np.bool_], groups: Clusters, level: float) -> dict[str, Any]:
    n_pos, n = int(truth.sum()), truth.size
    return {
        "n": n, "n_clusters": groups.count, "groups_of": min(n_pos, n - n_pos), "level": level,
        "n_pos": n_pos, "n_neg": n - n_pos,
    }  # fmt: skip


def _corrected(name: str, area: float, draws: Array, fields: dict[str, Any]) -> Metric:
    """McClish's correction (1989): 0.5 for chance, 1 for perfect; undefined below the diagonal."""
    chance = PARTIAL**2 / 2
    turned = 0.5 * (1 + (np.append(draws, area) - chance) / (PARTIAL - chance))
    below = not np.isnan(area) and area < chance
    return bootstrap_metric(
        f"{name}_mcclish", float("nan") if below else float(turned[-1]), turned[:-1],
        reason="the curve lies below the diagonal in this range" if below else _LOST,
        convention=f"{_AREA[name]}; McClish's correction: 0.5 is chance, 1 is perfect", **fields,
    )  # fmt: skip


def roc_band(draws: Array, whole: Array, *, level: float) -> dict[str, Any]:
    """Pointwise band of the sensitivity at fixed shares of false alarms, JSON-ready."""
    low, high = _limits(read_ranked(draws).sensitivity, level)
    return {
        "specificity": (1 - FALSE_ALARMS).tolist(),
        "sensitivity": _plain(read_ranked(whole).sensitivity[0]),
        "low": low, "high": high, "level": level, "ci_method": BAND,
        "convention": "sensitivity at a fixed specificity, one place at a time",
    }  # fmt: skip


def pr_band(draws: Array, whole: Array, *, level: float) -> dict[str, Any]:
    """Pointwise band of the precision at fixed recalls, JSON-ready."""
    low, high = _limits(read_ranked(draws).precision, level)
    return {
        "recall": RECALLS.tolist(), "precision": _plain(read_ranked(whole).precision[0]),
        "low": low, "high": high, "level": level, "ci_method": BAND,
        "convention": "precision at a fixed recall, one place at a time",
    }  # fmt: skip


def _limits(draws: Array, level: float) -> tuple[list[float | None], list[float | None]]:
    usable = draws[~np.isnan(draws).any(axis=1)]
    if len(usable) < max(len(draws) / 2, 1):
        return [None] * draws.shape[1], [None] * draws.shape[1]
    limits = [percentile_interval(column, level=level) for column in usable.T]
    return [low for low, _ in limits], [high for _, high in limits]


def _plain(values: Array) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
