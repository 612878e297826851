"""Structures that come in several pieces, piece by piece: which were found, and which were invented.

A piece is a connected part of a mask (neighbours by face, edge or corner). A piece of the reference is found
when the prediction touches it; a piece of the prediction is false when it touches no piece of the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion

SEVERAL_SHARE = 0.2  # of the cases that show a structure have two pieces or more: then pieces are counted


@dataclass(frozen=True)
class Pieces:
    """Pieces of one structure of one case.

    Args:
        reference, found: pieces of the reference, and those that the prediction touches.
        predicted, false: pieces of the prediction, and those that touch nothing.
    """

    reference: int
    found: int
    predicted: int
    false: int


def count_pieces(reference: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> Pieces:
    """Pieces of two masks of one shape."""
    around = np.ones((3,) * reference.ndim, bool)
    own, n_own = ndimage.label(reference, around)
    other, n_other = ndimage.label(predicted, around)
    both = reference & predicted
    found, right = np.unique(own[both]).size, np.unique(other[both]).size
    return Pieces(int(n_own), int(found), int(n_other), int(n_other - right))


def comes_in_pieces(counts: Sequence[Pieces]) -> bool:
    """Whether the reference of a structure has two pieces or more often enough to count them."""
    there = [one.reference for one in counts if one.reference]
    return bool(there) and sum(n > 1 for n in there) >= SEVERAL_SHARE * len(there)


def piece_metrics(
    counts: Sequence[Pieces], *, structure: str, groups: Clusters, level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> list[Metric]:  # fmt: skip
    """Sensitivity by piece, and false pieces per case.

    Args:
        counts: of one structure, one a case, in the order of `groups`.
        structure: its name.
        groups: patient of each case.
        level, n_resamples, seed: of the intervals.
    """
    found: list[Metric] = []
    total = sum(one.reference for one in counts)
    if total:
        right = np.concatenate([np.repeat([1, 0], (one.found, one.reference - one.found)) for one in counts])
        owner = np.repeat(groups.codes, [one.reference for one in counts]).astype(str)
        rate = proportion(right, name="piece_sensitivity", clusters=owner, level=level)
        found.append(
            rate.with_(class_name=structure, convention="a piece counts as found when it is touched")
        )
    false = np.array([one.false for one in counts], dtype=np.float64)
    sums = np.zeros((groups.count, 2))
    np.add.at(sums, groups.codes, np.column_stack([false, np.ones(false.size)]))

    def mean(weights: Weights) -> NDArray[np.float64]:
        totals: Any = weights.astype(np.float64) @ sums
        return np.asarray((totals[:, 0] / totals[:, 1])[:, None])

    draws = resample([mean], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    found.append(
        bootstrap_metric(
            "false_pieces_per_case", float(false.mean()), draws, reason="no case", n=false.size,
            n_clusters=groups.count, groups_of=false.size, level=level, class_name=structure,
            convention="a marked piece that touches no piece of the reference; over all cases",
        )
    )  # fmt: skip
    return found
