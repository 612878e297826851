"""Bootstrap by cluster: resampling is a weight for each cluster, so a thousand resamples are one product.

A statistic takes weights, (b, I) whole numbers as float: how often each cluster is drawn in each of
b resamples; and returns (b, q) values, NaN where a resample leaves it undefined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import check_level, normal_cdf, normal_quantile, t_quantile
from thirdeye.evaluation.inputs import check_squarable
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.scalars import check_count

Weights = NDArray[np.float32]
Statistic = Callable[[Weights], NDArray[np.float64]]
N_RESAMPLES = 2000
MOST_RESAMPLES = 1_000_000
CHUNK_ELEMENTS = 2_000_000


def resampling_weights(
    n_clusters: int, *, n_resamples: int = N_RESAMPLES, seed: int = 0, strata: Any = None
) -> Iterator[Weights]:
    """Chunks of weights, together (n_resamples, n_clusters): clusters drawn with replacement.

    Args:
        n_clusters: resampled units.
        n_resamples, seed: how many, and the seed of the generator.
        strata: (n_clusters,) group of each unit, drawn within; only where the design fixed the group sizes.

    Raises:
        UsageError: no cluster or no resample.
    """
    n_clusters = check_count("clusters", n_clusters, 1)
    n_resamples = check_count("resamples", n_resamples, 1, MOST_RESAMPLES)
    generator = np.random.default_rng(seed)
    names: Sequence[Any] = [] if strata is None else np.unique(strata).tolist()
    groups = [np.flatnonzero(np.asarray(strata) == name) for name in names]
    rows = max(1, CHUNK_ELEMENTS // n_clusters)
    for start in range(0, n_resamples, rows):
        b = min(rows, n_resamples - start)
        if strata is None:
            yield _drawn(generator, b, n_clusters)
            continue
        weights = np.empty((b, n_clusters), dtype=np.float32)
        for members in groups:
            weights[:, members] = _drawn(generator, b, members.size)
        yield weights


def _drawn(generator: np.random.Generator, b: int, size: int) -> NDArray[np.float32]:
    drawn = generator.integers(0, size, (b, size))
    counts = np.empty((b, size), dtype=np.float32)
    for row, units in zip(counts, drawn, strict=True):  # faster than one count with offsets: stays in cache
        row[:] = np.bincount(units, minlength=size)
    return counts


def resample(
    statistics: Sequence[Statistic],
    n_clusters: int,
    *,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
    strata: Any = None,
) -> list[NDArray[np.float64]]:
    """Every statistic on the same resamples: one (n_resamples, q) array each."""
    chunks: list[list[NDArray[np.float64]]] = [[] for _ in statistics]
    for weights in resampling_weights(n_clusters, n_resamples=n_resamples, seed=seed, strata=strata):
        for held, statistic in zip(chunks, statistics, strict=True):
            held.append(statistic(weights))
    return [np.concatenate(held) for held in chunks]


def jackknife(statistic: Statistic, n_clusters: int) -> NDArray[np.float64]:
    """The statistic without each cluster in turn, (n_clusters, q)."""
    rows = max(1, CHUNK_ELEMENTS // n_clusters)
    parts = []
    for start in range(0, n_clusters, rows):
        left_out = np.arange(start, min(start + rows, n_clusters))
        weights = np.ones((left_out.size, n_clusters), dtype=np.float32)
        weights[np.arange(left_out.size), left_out] = 0
        parts.append(statistic(weights))
    return np.concatenate(parts)


def percentile_interval(draws: NDArray[np.float64], *, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of (B,) draws without NaN."""
    draws = check_squarable("draws", draws)
    tail = (1 - check_level(level)) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return float(low), float(high)


def widened_level(n_clusters: int, *, level: float = 0.95) -> float:
    """The level at which to read the percentile interval of a mean, so that few clusters are allowed for.

    Percentiles of resampled means are too narrow: their spread is that of n clusters instead of n - 1, and
    they take the normal for the t distribution. Both are mended by moving the percentiles out ("expanded
    percentile interval", Hesterberg, The American Statistician 69:371, 2015).

    Args:
        n_clusters: resampled units, two or more.
        level: wanted.
    """
    n = check_count("clusters", n_clusters, 2)
    tail = (1 - check_level(level)) / 2
    moved = normal_cdf(-math.sqrt(n / (n - 1)) * t_quantile(1 - tail, n - 1))
    return 1 - 2 * max(moved, 1e-9)  # of two or three clusters the draws' own ends


def bca_interval(
    draws: NDArray[np.float64], value: float, jackknifed: NDArray[np.float64], *, level: float = 0.95
) -> tuple[float, float] | None:
    """Bias-corrected and accelerated interval (Efron 1987).

    Args:
        draws: (B,) resampled values without NaN.
        value: the estimate on all data.
        jackknifed: (I,) the estimate without each resampled unit, from `jackknife`.
        level: confidence level.

    Returns:
        None when every draw lies on one side of the estimate, which leaves the correction without bound.
    """
    draws = check_squarable("draws", draws)
    jackknifed = check_squarable("jackknifed values", jackknifed)
    below = (np.sum(draws < value) + np.sum(draws <= value)) / (2 * draws.size)
    if not 0 < below < 1:
        return None
    bias = normal_quantile(float(below))
    gaps = jackknifed.mean() - jackknifed
    spread = float((gaps**2).sum()) ** 1.5
    acceleration = float((gaps**3).sum()) / (6 * spread) if spread > 0 else 0.0
    tail = (1 - check_level(level)) / 2
    shares = [_corrected(normal_quantile(share), bias, acceleration) for share in (tail, 1 - tail)]
    low, high = np.quantile(draws, shares)
    return float(low), float(high)


def _corrected(z: float, bias: float, acceleration: float) -> float:
    shifted = bias + z
    return normal_cdf(bias + shifted / (1 - acceleration * shifted))


def bootstrap_metric(
    name: str, value: float, draws: NDArray[np.float64], *, reason: str, n: int, n_clusters: int,
    groups_of: int, level: float = 0.95, widened: bool = False, **fields: Any,
) -> Metric:  # fmt: skip
    """A metric with the percentile interval of its draws.

    Args:
        name: name of the metric.
        value: the estimate; NaN where undefined.
        draws: (B,) resampled values; NaN where a resample left it undefined, which is counted.
        reason: why a NaN value is undefined.
        n, n_clusters: rows and clusters.
        groups_of: size of the smallest group that the measure rests on.
        level: confidence level.
        widened: allow for few clusters, where the measure is a mean (see `widened_level`).
        fields: further fields of the metric.
    """
    fields |= {"n": n, "n_clusters": n_clusters, "level": level}
    if math.isnan(value):
        return undefined(name, reason, **fields)
    usable = draws[~np.isnan(draws)]
    details = fields.pop("details", {}) | {
        "n_resamples": draws.size,
        "n_resamples_undefined": draws.size - usable.size,
    }
    fields |= {"details": details}
    if n_clusters < 2 or usable.size < draws.size / 2:
        reason = f"{n_clusters} clusters and {usable.size} usable resamples: no interval can be given"
        return Metric(name=name, value=value, status="unstable", reason=reason, **fields)
    read_at = widened_level(n_clusters, level=level) if widened else level
    low, high = percentile_interval(usable, level=read_at)
    if low == high:
        return Metric(
            name=name, value=value, status="degenerate", reason="no resample differs: no interval", **fields
        )
    if groups_of < MIN_EVENTS:
        reason = f"rests on a group of {groups_of} cases, fewer than {MIN_EVENTS}"
        fields |= {"status": "unstable", "reason": reason}
    return Metric(
        name=name,
        value=value,
        ci_low=low,
        ci_high=high,
        ci_method="bootstrap_percentile_by_cluster" + ("_widened" if widened else ""),
        **fields,
    )
