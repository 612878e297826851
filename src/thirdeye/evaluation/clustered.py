"""Cases that cluster in patients: means and areas under the ROC with honest variances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.inputs import Clusters, check_squarable
from thirdeye.evaluation.roc import Placements


@dataclass(frozen=True)
class ClusteredMean:
    """A mean over rows whose variance is taken over clusters.

    Args:
        value: mean over rows.
        standard_error: None with fewer than two clusters.
        design_effect: variance over that of independent rows; None where either is missing or zero.
        n, n_clusters: rows and clusters.
    """

    value: float
    standard_error: float | None
    design_effect: float | None
    n: int
    n_clusters: int


def clustered_mean(values: Any, clusters: Clusters) -> ClusteredMean:
    """Ratio estimator: I/(I-1) sum (x_i - p n_i)^2 / N^2 over I clusters (Rao & Scott 1992; Genders 2012).

    Args:
        values: (n,) finite; 0 and 1 for a proportion.
        clusters: cluster of each row.
    """
    rows = check_squarable("values", values, clusters.codes.size)
    n, count = rows.size, clusters.count
    mean = float(rows.mean())
    if count < 2:
        return ClusteredMean(mean, None, None, n, count)
    residuals = np.bincount(clusters.codes, rows - mean, minlength=count)
    variance = count / (count - 1) * float(residuals @ residuals) / n**2
    independent = float(rows.var()) / n
    effect = variance / independent if independent > 0 else None
    return ClusteredMean(mean, variance**0.5, effect, n, count)


@dataclass(frozen=True)
class ClusterSums:
    """Centred components of an AUC, summed in each cluster.

    Args:
        positive: (I,) X_i - m_i A.
        negative: (I,) Y_i - n_i A.
        has_positive, has_negative: (I,) whether the cluster holds such rows.
        n_pos, n_neg: rows of each class.
    """

    positive: NDArray[np.float64]
    negative: NDArray[np.float64]
    has_positive: NDArray[np.bool_]
    has_negative: NDArray[np.bool_]
    n_pos: int
    n_neg: int


def cluster_sums(placed: Placements, clusters: Clusters) -> ClusterSums:
    """Components of one AUC by cluster."""
    codes, count, positive = clusters.codes, clusters.count, placed.positive
    centred = placed.values - placed.auc
    return ClusterSums(
        _sum_by(codes[positive], centred[positive], count),
        _sum_by(codes[~positive], centred[~positive], count),
        np.bincount(codes[positive], minlength=count) > 0,
        np.bincount(codes[~positive], minlength=count) > 0,
        int(positive.sum()),
        int((~positive).sum()),
    )


def _sum_by(codes: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    return np.bincount(codes, values, minlength=count).astype(np.float64, copy=False)


def obuchowski_covariance(one: ClusterSums, other: ClusterSums) -> float | None:
    """Covariance of two AUCs on the same rows; the variance of one when given twice.

    With one row in each cluster this is DeLong's. Obuchowski 1997 (Biometrics 53:567), equations for S10,
    S01 and S11; S11 is taken symmetrically between two different scores.

    Returns:
        None with fewer than two clusters of either class.
    """
    with_pos, with_neg = int(one.has_positive.sum()), int(one.has_negative.sum())
    if with_pos < 2 or with_neg < 2:
        return None
    m, n, count = one.n_pos, one.n_neg, one.positive.size
    s10 = with_pos / ((with_pos - 1) * m) * float(one.positive @ other.positive)
    s01 = with_neg / ((with_neg - 1) * n) * float(one.negative @ other.negative)
    cross = float(one.positive @ other.negative + other.positive @ one.negative)
    s11 = count / (count - 1) * cross
    return s10 / m + s01 / n + s11 / (m * n)


def independent_pairs(placed: Placements, clusters: Clusters) -> int:
    """The most pairs of a positive and a negative row that share no cluster with any other."""
    codes, count = clusters.codes, clusters.count
    has_pos = np.bincount(codes[placed.positive], minlength=count) > 0
    has_neg = np.bincount(codes[~placed.positive], minlength=count) > 0
    return int(min(has_pos.sum(), has_neg.sum(), (has_pos | has_neg).sum() // 2))
