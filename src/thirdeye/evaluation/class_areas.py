"""Other areas of many classes than the macro AUC: weighted, micro, and Hand and Till's M, with intervals.

Each is a mean of Mann-Whitney areas, so that its deviation is a sum over patients of DeLong's components; the
interval is that of `multiclass.macro_influence`, and no resample is needed.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.multiclass import Influence, area_metric, class_influence

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
CONVENTIONS = {
    "auc_weighted": "mean of the one-vs-rest AUCs, each counting as often as its class",
    "auc_micro": "every pair of a case and a class as one decision, all classes pooled",
    "auc_hand_till": "mean over pairs of classes of how well the two separate (Hand & Till 2001)",
}
_LOST = "a class is absent, or every case belongs to it; not computed over the other classes"
_FEW = "a class with fewer than two independent cases: no area with an interval can be given"


def class_area_metrics(
    membership: Truth, probabilities: Array, *, groups: Clusters, level: float, exclusive: bool
) -> list[Metric]:
    """Weighted and micro AUC, and Hand and Till's M where the classes exclude each other.

    Args:
        membership: (n, k) whether the case has the label.
        probabilities: (n, k).
        groups: patient of each row.
        level: confidence level.
        exclusive: whether a case has exactly one of the classes.
    """
    found = [
        _weighted(membership, probabilities, groups, level),
        _micro(membership, probabilities, groups, level),
    ]
    return [*found, _hand_till(membership, probabilities, groups, level)] if exclusive else found


def _fields(name: str, membership: Truth, groups: Clusters, level: float) -> dict[str, Any]:
    n = len(membership)
    return {
        "name": name, "n": n, "n_units": n, "n_clusters": groups.count, "level": level,
        "convention": CONVENTIONS[name],
    }  # fmt: skip


def _absent(membership: Truth) -> bool:
    counts = membership.sum(axis=0)
    return bool((counts == 0).any() or (counts == len(membership)).any())


def _fewest(membership: Truth) -> int:
    counts = membership.sum(axis=0)
    return int(min(counts.min(), (len(membership) - counts).min()))


def _weighted(membership: Truth, probabilities: Array, groups: Clusters, level: float) -> Metric:
    fields = _fields("auc_weighted", membership, groups, level)
    if _absent(membership):
        return undefined(reason=_LOST, **fields)
    parts = [class_influence(*pair, groups) for pair in zip(membership.T, probabilities.T, strict=True)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return undefined(reason=_FEW, **fields)
    share = membership.sum(axis=0) / membership.sum()
    areas = np.array([part.value for part in known])
    value = float(share @ areas)
    # The shares are estimates too: a case of a well-told class raises the mean by being counted.
    rows = membership @ (areas - value) / membership.sum()
    total = np.bincount(groups.codes, rows, groups.count).astype(np.float64)
    total += sum(weight * part.clusters for weight, part in zip(share, known, strict=True))
    pairs = tuple(part.pairs[0] for part in known)
    return area_metric(Influence(value, total, pairs), _fewest(membership), fields)


def _micro(membership: Truth, probabilities: Array, groups: Clusters, level: float) -> Metric:
    pooled = np.repeat(groups.codes, membership.shape[1])
    metric = auc(membership.ravel(), probabilities.ravel(), clusters=pooled, level=level, name="auc_micro")
    return metric.with_(convention=CONVENTIONS["auc_micro"], n_units=len(membership))


def _hand_till(membership: Truth, probabilities: Array, groups: Clusters, level: float) -> Metric:
    fields = _fields("auc_hand_till", membership, groups, level)
    if _absent(membership):
        return undefined(reason=_LOST, **fields)
    total = np.zeros(groups.count)
    areas: list[float] = []
    pairs: list[int] = []
    for one, other in permutations(range(membership.shape[1]), 2):
        rows = membership[:, one] | membership[:, other]
        inside = Clusters(groups.codes[rows], groups.count)
        part = class_influence(membership[rows, one], probabilities[rows, one], inside)
        if part is None:
            return undefined(reason=_FEW, **fields)
        total += part.clusters
        areas.append(part.value)
        pairs += part.pairs
    influence = Influence(float(np.mean(areas)), total / len(areas), tuple(pairs))
    return area_metric(influence, int(membership.sum(axis=0).min()), fields)
