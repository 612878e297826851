"""How long readings take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import percentile_interval
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

DRAWS = 1000


def median_seconds(
    seconds: Sequence[float], patients: Sequence[str], *, level: float = 0.95, seed: int = 0
) -> Metric:
    """The median time of a reading, with the percentile interval of a bootstrap over patients.

    Args:
        seconds: (n,) of each reading.
        patients: (n,) names.
        level: of the interval.
        seed: of the bootstrap.
    """
    if not seconds:
        return undefined("reading_time_s", "there is no reading", n=0, level=level)
    values = np.asarray(seconds, float)
    groups = check_clusters(list(patients), values.size)
    median = float(np.median(values))
    fields: dict[str, Any] = {"n": values.size, "n_clusters": groups.count, "level": level}
    if groups.count < MIN_EVENTS:
        reason = f"rests on {groups.count} patients, fewer than {MIN_EVENTS}"
        return Metric(name="reading_time_s", value=median, status="unstable", reason=reason, **fields)
    order = np.argsort(values, kind="stable")
    rng = np.random.default_rng(seed)
    even = np.full(groups.count, 1 / groups.count)
    middles = [_middle(rng.multinomial(groups.count, even)[groups.codes[order]]) for _ in range(DRAWS)]
    low, high = percentile_interval(values[order][middles], level=level)
    return Metric(
        name="reading_time_s",
        value=median,
        ci_low=low,
        ci_high=high,
        ci_method="bootstrap_patients",
        **fields,
    )


def _middle(times: NDArray[np.int64]) -> int:
    """Place of the median among ascending values, each of which was drawn so many times."""
    reached = np.cumsum(times)
    return int(np.searchsorted(reached, reached[-1] / 2))
