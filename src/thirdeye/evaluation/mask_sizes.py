"""How far sizes measured from two masks agree: bias and limits of agreement (Bland & Altman 1986)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mask_scores import MaskScore

Z = 1.96
NAMES = ("size_bias", "size_limit_low", "size_limit_high")
_CONVENTIONS = (
    "predicted minus reference, mean over cases where either marks it",
    "bias minus 1.96 standard deviations of the differences",
    "bias plus 1.96 standard deviations of the differences",
)


def size_agreement(
    scores: Sequence[MaskScore], *, structures: Sequence[str], clusters: Mapping[str, str] | None, unit: str,
    level: float = 0.95, n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """Of each structure: bias and limits of agreement of its size, with intervals by resampled patient.

    Cases in which neither marks the structure are left out; one missed or invented counts with size 0.
    Structures with fewer than two cases have no entry.

    Args:
        scores: of every case and structure.
        structures: names.
        clusters: case to patient; None where no patient is known.
        unit: of sizes: "mm3", "mm2" or "px".
        level, n_resamples, seed: of the intervals.
    """
    found = []
    for structure in structures:
        own = [s for s in scores if s.structure == structure and (s.there or s.found)]
        if len(own) < 2:
            continue
        found.append(_agreement(own, structure, clusters, unit, level, n_resamples, seed))
    return found


def _agreement(
    own: Sequence[MaskScore], structure: str, clusters: Mapping[str, str] | None, unit: str, level: float,
    n_resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    reference = np.array([score.reference_size for score in own])
    predicted = np.array([score.predicted_size for score in own])
    gaps = predicted - reference
    names = None if clusters is None else np.array([clusters[score.case] for score in own])
    groups = check_clusters(names, len(own))
    centre = float(gaps.mean())  # keeps the squares small
    sums = np.zeros((groups.count, 3))
    np.add.at(sums, groups.codes, np.column_stack([np.ones(gaps.size), gaps - centre, (gaps - centre) ** 2]))

    def limits(weights: Weights) -> NDArray[np.float64]:
        n, first, second = (weights.astype(np.float64) @ sums).T
        mean = first / n
        spread = np.sqrt(np.clip(second - n * mean**2, 0, None) / np.where(n > 1, n - 1, np.nan))
        return np.column_stack([mean, mean - Z * spread, mean + Z * spread]) + centre

    values = limits(np.ones((1, groups.count), np.float32))[0]
    draws = resample([limits], groups.count, n_resamples=n_resamples, seed=seed)[0]
    metrics = [
        bootstrap_metric(
            name, float(value), draws[:, i], reason="too few cases", n=gaps.size, n_clusters=groups.count,
            groups_of=gaps.size, level=level, class_name=structure, convention=convention,
        ).as_json()
        for i, (name, value, convention) in enumerate(zip(NAMES, values, _CONVENTIONS, strict=True))
    ]  # fmt: skip
    return {
        "structure": structure,
        "unit": unit,
        "n": int(gaps.size),
        "mean_reference": float(reference.mean()),
        "metrics": metrics,
    }
