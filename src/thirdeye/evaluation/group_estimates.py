"""Estimates of groups of cases as sums over patients, so that two groups may share a patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import cluster_sums
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.roc import placements

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value and what each cluster of the whole set adds to its deviation from the truth.

    Args:
        value: the estimate.
        parts: (P, I) components that vary independently when no cluster holds several rows; the sum of
            squares over clusters of their sum is the variance of the value (delta method).
        freedom: (P,) degrees of freedom of each component: the clusters that it rests on, less one.
        n, n_clusters: rows and clusters that it rests on.
    """

    value: float
    parts: Floats
    freedom: Floats
    n: int
    n_clusters: int

    @property
    def influence(self) -> Floats:
        """(I,) what each cluster adds."""
        total: Floats = self.parts.sum(axis=0)
        return total

    @property
    def variance(self) -> float:
        """Of the value; 0 where nothing varies."""
        return float(self.influence @ self.influence)


def combined(estimates: Iterable[tuple[float, Estimate]], n_clusters: int) -> Estimate:
    """The weighted sum of several estimates over the same clusters.

    Args:
        estimates: pairs of a weight and an estimate.
        n_clusters: of the whole set.
    """
    pairs = list(estimates)
    parts = [weight * estimate.parts for weight, estimate in pairs]
    return Estimate(
        sum(weight * estimate.value for weight, estimate in pairs),
        np.concatenate(parts) if parts else np.zeros((0, n_clusters)),
        np.concatenate([estimate.freedom for _, estimate in pairs]),
        sum(estimate.n for _, estimate in pairs),
        n_clusters,
    )


def degrees_of_freedom(estimate: Estimate) -> float:
    """Welch's and Satterthwaite's degrees of freedom of the sum of the components."""
    variances = (estimate.parts**2).sum(axis=1)
    weights = (variances**2 / np.maximum(estimate.freedom, 1)).sum()
    return float(variances.sum() ** 2 / weights) if weights > 0 else float("inf")


def held_clusters(groups: Clusters, rows: Flags) -> int:
    """Clusters that have one of the rows, (n,)."""
    if not groups.repeated:
        return int(np.count_nonzero(rows))
    return int(np.count_nonzero(np.bincount(groups.codes[rows], minlength=groups.count)))


def mean_of(values: Floats, rows: Flags, groups: Clusters) -> Estimate | None:
    """The mean of `values` over some rows: the ratio estimator by cluster.

    Args:
        values: (n,) of the whole set.
        rows: (n,) which rows.
        groups: clusters of the whole set.

    Returns:
        None without a row; without degrees of freedom in one cluster.
    """
    n = int(rows.sum())
    if not n:
        return None
    mean = float(values[rows].mean())
    held = held_clusters(groups, rows)
    sums = np.bincount(groups.codes[rows], values[rows] - mean, minlength=groups.count) / n
    if held > 1:
        sums = sums * (held / (held - 1)) ** 0.5
    return Estimate(mean, sums[None, :], np.asarray([held - 1.0]), n, held)


def area_of(truth: Flags, scores: Floats, rows: Flags, groups: Clusters) -> Estimate | None:
    """The AUC over some rows, its two kinds of DeLong components apart (Obuchowski 1997 by cluster).

    Args:
        truth, scores: (n,) of the whole set.
        rows: (n,) which rows.
        groups: clusters of the whole set.

    Returns:
        None with one class; the variance of one row per cluster is DeLong's.
    """
    here = truth[rows]
    if here.all() or not here.any():
        return None
    inside = Clusters(groups.codes[rows], groups.count)
    placed = placements(here, scores[rows])
    sums = cluster_sums(placed, inside)
    parts, freedom = [], []
    for centred, holds, n in (
        (sums.positive, sums.has_positive, sums.n_pos),
        (sums.negative, sums.has_negative, sums.n_neg),
    ):
        held = int(holds.sum())
        parts.append(centred / n * ((held / (held - 1)) ** 0.5 if held > 1 else 1.0))
        freedom.append(held - 1.0)
    held = held_clusters(groups, rows)
    return Estimate(placed.auc, np.stack(parts), np.asarray(freedom), int(rows.sum()), held)
