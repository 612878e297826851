"""The network beside a second human observer: is it within what two people differ by?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mask_scores import MaskScore


def compare_observers(
    network: Sequence[MaskScore],
    observer: Sequence[MaskScore],
    *,
    structures: Sequence[str],
    clusters: Mapping[str, str] | None,
    name: str,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Mean difference in Dice of each structure, network minus observer, against the same reference.

    The cases are those that the observer marked too. A difference whose interval holds 0 does not show that
    network and observer are alike; its limits say how far apart they may be.

    Args:
        network, observer: scores of cases against the reference.
        structures: names.
        clusters: case to patient; None where no patient is known.
        name: of the observer.
        level, n_resamples, seed: of the interval, from resampled patients.

    Returns:
        One JSON-ready comparison a structure: ``structure``, ``observer``, ``n``, the two means, and
        ``difference``, a metric.
    """
    ours = {(score.case, score.structure): score.dice for score in network}
    found = []
    for structure in structures:
        pairs = [
            (score.case, ours[score.case, structure], score.dice)
            for score in observer
            if score.structure == structure and score.dice is not None
        ]
        kept = [(case, one, other) for case, one, other in pairs if one is not None]
        if kept:
            found.append(_compared(kept, structure, name, clusters, level, n_resamples, seed))
    return found


def _compared(
    kept: list[tuple[str, float, float]], structure: str, name: str, clusters: Mapping[str, str] | None,
    level: float, n_resamples: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    cases = [case for case, _, _ in kept]
    table = np.array([[one, other] for _, one, other in kept])
    gaps = table[:, 0] - table[:, 1]
    names = None if clusters is None else np.array([clusters[case] for case in cases])
    groups = check_clusters(names, len(cases))
    sums = np.zeros((groups.count, 2))
    np.add.at(sums, groups.codes, np.column_stack([gaps, np.ones(len(gaps))]))

    def mean(weights: Weights) -> np.ndarray:
        totals = weights.astype(np.float64) @ sums
        return (totals[:, 0] / totals[:, 1])[:, None]

    draws = resample([mean], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    metric = bootstrap_metric(
        "dice_difference", float(gaps.mean()), draws, reason="no case in common", n=len(cases),
        n_clusters=groups.count, groups_of=len(cases), level=level, class_name=structure,
        convention="network minus observer, each against the same reference, mean over cases",
    )  # fmt: skip
    return {
        "structure": structure,
        "observer": name,
        "n": len(cases),
        "network_dice": float(table[:, 0].mean()),
        "observer_dice": float(table[:, 1].mean()),
        "difference": metric.as_json(),
    }
