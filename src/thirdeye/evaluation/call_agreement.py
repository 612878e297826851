"""Agreement of the called classes with the truth beyond chance, from totals of each class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import bootstrap_metric
from thirdeye.evaluation.metric import Metric

Array = NDArray[np.float64]


def call_agreement(totals: Array, draws: Array, *, n_clusters: int, level: float) -> list[Metric]:
    """Cohen's kappa and Gwet's AC1 between truth and call, with bootstrap intervals by patient.

    Args:
        totals: (3 K,) hits, truth and predicted of each class.
        draws: (B, 3 K) the same in each resample.
        n_clusters: resampled units.
        level: confidence level.
    """
    k = totals.size // 3
    n = int(totals[k : 2 * k].sum())
    known: dict[str, Any] = {"n": n, "n_clusters": n_clusters, "groups_of": n, "level": level}
    (kappa, kappas), (ac1, ac1s) = (
        (float(measure(totals[None])[0]), measure(draws)) for measure in (_kappa, _ac1)
    )
    return [
        bootstrap_metric(
            "kappa", kappa, kappas, reason="truth and call are one and the same class: 0/0",
            convention="unweighted, between truth and call", **known,
        ),
        bootstrap_metric(
            "gwet_ac1", ac1, ac1s, reason="no case",
            convention="between truth and call; extreme prevalence does not break it", **known,
        ),
    ]  # fmt: skip


def _shares(totals: Array) -> tuple[Array, Array, Array]:
    """Observed agreement (b,), and the shares of each class in truth and call, (b, K)."""
    k = totals.shape[1] // 3
    n = totals[:, k : 2 * k].sum(axis=1, keepdims=True)
    hits, truth, called = (totals[:, at * k : (at + 1) * k] / n for at in range(3))
    return hits.sum(axis=1), truth, called


def _kappa(totals: Array) -> Array:
    observed, truth, called = _shares(totals)
    chance = (truth * called).sum(axis=1)
    return np.divide(observed - chance, 1 - chance, out=np.full(chance.shape, np.nan), where=chance < 1)


def _ac1(totals: Array) -> Array:
    observed, truth, called = _shares(totals)
    share = (truth + called) / 2
    chance = (share * (1 - share)).sum(axis=1) / (truth.shape[1] - 1)
    return np.asarray((observed - chance) / (1 - chance))
