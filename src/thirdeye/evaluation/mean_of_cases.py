"""The mean of one number for each case, with an interval over patients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import t_quantile
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined


def mean_of_cases(
    values: NDArray[np.float64],
    *,
    name: str,
    clusters: Any = None,
    least: float = -np.inf,
    most: float = np.inf,
    level: float = 0.95,
    empty: str = "no case to compute it from",
    **fields: Any,
) -> Metric:
    """Student's interval of a mean, by cluster where patients have several cases.

    Args:
        values: (n,) one number a case; NaN where a case has none, which is left out and counted.
        name: name of the metric.
        clusters: (n,) patient of each row, or None.
        least, most: what a value can be; limits of the interval are kept within.
        level: confidence level.
        empty: the reason to give when no case has a number.
        fields: further fields of the metric.
    """
    used = ~np.isnan(values)
    groups = check_clusters(clusters, values.size)
    left = int((~used).sum())
    fields |= {"level": level, "n_excluded": {"no value": left} if left else {}}
    if not used.any():
        return undefined(name, empty, n=0, **fields)
    groups = groups.of(used)
    mean = clustered_mean(values[used], groups)
    fields |= {"n": mean.n, "n_clusters": groups.count}
    if not mean.standard_error:
        reason, status = (
            ("the cases do not differ", "degenerate") if groups.count > 1 else ("one patient", "unstable")
        )
        return Metric(name=name, value=mean.value, status=status, reason=f"{reason}: no interval", **fields)  # type: ignore[arg-type]
    if groups.count < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {groups.count} patients"}
    half = t_quantile((1 + level) / 2, groups.count - 1) * mean.standard_error
    method = "clustered_t" if groups.repeated else "t"
    low, high = max(mean.value - half, least), min(mean.value + half, most)
    return Metric(name=name, value=mean.value, ci_low=low, ci_high=high, ci_method=method, **fields)
