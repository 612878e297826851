"""The grey-level co-occurrence matrix, GLCM (Haralick 1973; IBSI 3.6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.radiomics.region import Offset, Region, directions, pair_slices

Matrix = NDArray[np.float64]
_EDGE = 1e-12


def cooccurrence_matrix(region: Region, offsets: tuple[Offset, ...] | None = None) -> Matrix:
    """Symmetric probabilities (N, N) of the levels of two neighbours, both inside.

    Args:
        region: the levels.
        offsets: the pairs that are counted; by default all neighbours (IBSI "merged", distance 1).
    """
    n = region.n_levels
    counts = np.zeros(n * n, dtype=np.int64)
    for offset in offsets or directions(region.levels.ndim):
        here, there = pair_slices(offset)
        first, second = region.levels[here], region.levels[there]
        both = (first > 0) & (second > 0)
        counts += np.bincount((first[both] - 1) * n + second[both] - 1, minlength=n * n)
    table = counts.reshape(n, n).astype(np.float64)
    table += table.T
    total = table.sum()
    return table / total if total else table


def cooccurrence_features(p: Matrix) -> dict[str, float]:
    """The twenty-five features of the IBSI, entropies in bits.

    Correlation and the measures of information correlation are 0 where the levels are constant; all are 0
    where no two neighbours lie inside.

    Args:
        p: (N, N) symmetric probabilities of levels 1..N.
    """
    n = len(p)
    i = np.arange(1, n + 1, dtype=np.float64)
    gap = i[:, None] - i[None, :]
    mean = float(p.sum(axis=1) @ i)
    return _joint(p, i, mean) | _differences(p, gap, n) | _sums(p) | _clusters(p, i, mean) | _information(p)


def _joint(p: Matrix, i: Matrix, mean: float) -> dict[str, float]:
    variance = float(p.sum(axis=1) @ (i - mean) ** 2)
    product = float(i @ p @ i)
    return {
        "joint_maximum": float(p.max()),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": _entropy(p),
        "angular_second_moment": float((p**2).sum()),
        "correlation": (product - mean**2) / variance if variance > _EDGE else 0.0,
        "autocorrelation": product,
    }


def _differences(p: Matrix, gap: Matrix, n: int) -> dict[str, float]:
    k = np.arange(n, dtype=np.float64)
    diagonal = np.bincount(np.abs(gap).astype(np.intp).ravel(), weights=p.ravel(), minlength=n)
    average = float(diagonal @ k)
    return {
        "difference_average": average,
        "difference_variance": float(diagonal @ (k - average) ** 2),
        "difference_entropy": _entropy(diagonal),
        "contrast": float(diagonal @ k**2),
        "inverse_difference": float((diagonal / (1 + k)).sum()),
        "normalised_inverse_difference": float((diagonal / (1 + k / n)).sum()),
        "inverse_difference_moment": float((diagonal / (1 + k**2)).sum()),
        "normalised_inverse_difference_moment": float((diagonal / (1 + (k / n) ** 2)).sum()),
        "inverse_variance": float((diagonal[1:] / k[1:] ** 2).sum()),
    }


def _sums(p: Matrix) -> dict[str, float]:
    n = len(p)
    place = np.add.outer(np.arange(n), np.arange(n))
    sums = np.bincount(place.ravel(), weights=p.ravel(), minlength=2 * n - 1)
    k = np.arange(2, 2 * n + 1, dtype=np.float64)
    average = float(sums @ k)
    return {
        "sum_average": average,
        "sum_variance": float(sums @ (k - average) ** 2),
        "sum_entropy": _entropy(sums),
    }


def _clusters(p: Matrix, i: Matrix, mean: float) -> dict[str, float]:
    cluster = i[:, None] + i[None, :] - 2 * mean
    return {
        "cluster_tendency": float((p * cluster**2).sum()),
        "cluster_shade": float((p * cluster**3).sum()),
        "cluster_prominence": float((p * cluster**4).sum()),
    }


def _information(p: Matrix) -> dict[str, float]:
    margin = p.sum(axis=1)
    expected = np.outer(margin, margin)
    logs = np.log2(np.where(expected > 0, expected, 1))
    joint, single = _entropy(p), _entropy(margin)
    first, second = float(-(p * logs).sum()), float(-(expected * logs).sum())
    return {
        "information_correlation_1": (joint - first) / single if single > _EDGE else 0.0,
        "information_correlation_2": float(np.sqrt(max(0.0, 1 - np.exp(-2 * (second - joint))))),
    }


def _entropy(p: NDArray[Any]) -> float:
    filled = p[p > 0]
    return float(-(filled * np.log2(filled)).sum()) if filled.size else 0.0
