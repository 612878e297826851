"""Stability selection: keep what a sparse model chooses again and again on halves of the cases.

Meinshausen and Bühlmann, "Stability selection", J R Stat Soc B 2010;72:417-473.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

HALF = 0.5
FEWEST = 2  # features that are kept at least, so that something can be learnt


@dataclass(frozen=True)
class Stable:
    """What was chosen how often.

    Args:
        frequency: (D,) share of the halves in which the lasso gave the feature a weight, 0 to 1.
        kept: (D,) True where it is at least the threshold.
    """

    frequency: NDArray[np.float64]
    kept: NDArray[np.bool_]


def stability_selection(
    features: NDArray[np.floating],
    targets: NDArray[np.floating],
    *,
    threshold: float = 0.6,
    rounds: int = 50,
    strength: float = 0.2,
    seed: int = 0,
) -> Stable:
    """Fit the lasso on random halves of the cases, and keep the features that it chooses often.

    Args:
        features: (n, D), centred, of unit spread.
        targets: (n,) or (n, T); a feature is chosen where it has a weight for any of the targets.
        threshold: share of the halves, between 0 and 1. Where fewer than two features reach it, the two most
            frequent are kept.
        rounds: number of halves.
        strength: of the penalty, as a share of the smallest one that leaves no feature (0 to 1).
        seed: of the halves.

    Raises:
        UsageError: a threshold or strength outside 0 to 1, or fewer than one round.
    """
    if not 0 < threshold <= 1 or not 0 < strength < 1 or rounds < 1:
        raise UsageError(
            "stability selection needs a threshold and a strength between 0 and 1 and at least one round, "
            f"got {threshold}, {strength} and {rounds}"
        )
    columns = targets.reshape(len(targets), -1)
    columns = columns - columns.mean(axis=0)
    rng, n = np.random.default_rng(seed), len(features)
    penalties = strength * np.abs(features.T @ columns).max(axis=0) / n
    chosen = np.zeros(features.shape[1])
    for _ in range(rounds):
        half = rng.permutation(n)[: max(2, int(HALF * n))]
        chosen += _chosen(features[half], columns[half], penalties)
    frequency = chosen / rounds
    kept = frequency >= threshold
    if kept.sum() < FEWEST:
        kept[np.argsort(-frequency, kind="stable")[:FEWEST]] = True
    return Stable(frequency, kept)


def _chosen(
    features: NDArray[np.floating], columns: NDArray[np.floating], penalties: NDArray[np.floating]
) -> NDArray[np.bool_]:
    """(D,) whether the lasso gives a feature a weight for any target."""
    from sklearn.linear_model import Lasso

    found = np.zeros(features.shape[1], dtype=bool)
    for target, penalty in zip(columns.T, penalties, strict=True):
        found |= Lasso(alpha=penalty, max_iter=5000, tol=1e-3).fit(features, target).coef_ != 0
    return found
