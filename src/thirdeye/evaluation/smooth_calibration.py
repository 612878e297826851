"""The calibration curve without bins: a local regression of the outcome on the probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_binary, check_probabilities

Array = NDArray[np.float64]
SPAN = 0.75
_PLACES = 400


@dataclass(frozen=True)
class SmoothCalibration:
    """The smoothed curve and how far it lies from the diagonal (Austin & Steyerberg 2019, Stat Med 38).

    Args:
        probability: (g,) ascending places.
        event_rate, low, high: (g,) smoothed rate and its pointwise band, kept within 0 to 1.
        ici: mean distance between smoothed rate and probability over the cases.
        e50, e90, emax: median, 90th percentile and largest distance over the cases.
        convention: how it was smoothed.
    """

    probability: Array
    event_rate: Array
    low: Array
    high: Array
    ici: float
    e50: float
    e90: float
    emax: float
    convention: str


def smooth_calibration(
    labels: Any, probabilities: Any, *, span: float = SPAN, level: float = 0.95
) -> SmoothCalibration | None:
    """Local quadratic regression with tricube weights (Cleveland 1979), at places spread like the cases.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        span: share of the cases that each place looks at, above 0 to 1.
        level: of the band.

    Returns:
        None where it is undefined: fewer than ten cases, or fewer than four distinct probabilities.

    Raises:
        UsageError: a span that cannot be.
    """
    if not 0 < span <= 1:
        raise UsageError(f"a span lies above 0 and at most at 1, got {span}")
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    if truth.size < 10 or np.unique(values).size < 4:
        return None
    order = np.argsort(values, kind="stable")
    x, y = values[order], truth[order].astype(np.float64)
    places = np.unique(np.quantile(x, np.linspace(0, 1, min(_PLACES, x.size))))
    rate, error = _local(x, y, places, max(4, int(np.floor(span * x.size))))
    rate = np.clip(rate, 0, 1)
    away = np.abs(np.interp(x, places, rate) - x)
    half = two_sided_z(level) * error
    return SmoothCalibration(
        places, rate, np.clip(rate - half, 0, 1), np.clip(rate + half, 0, 1), float(away.mean()),
        float(np.median(away)), float(np.quantile(away, 0.9)), float(away.max()),
        f"loess, degree 2, span {span:g}, tricube weights",
    )  # fmt: skip


def _local(x: Array, y: Array, places: Array, neighbours: int) -> tuple[Array, Array]:
    """Fitted rate at each place, and the standard error of that linear combination of outcomes."""
    rate, error = np.empty(places.size), np.empty(places.size)
    for at, place in enumerate(places):
        far = np.abs(x - place)
        reach = np.partition(far, neighbours - 1)[neighbours - 1]
        weight = np.clip(1 - (far / max(reach, 1e-12)) ** 3, 0, None) ** 3
        near = np.flatnonzero(weight > 0)
        if near.size < 3:
            near, weight = np.flatnonzero(far <= reach), np.ones(x.size)
        row = _row(x[near] - place, weight[near])
        rate[at] = float(row @ y[near])
        kept = min(max(rate[at], 0.0), 1.0)
        error[at] = float(np.sqrt((row**2).sum() * kept * (1 - kept)))
    return rate, error


def _row(away: Array, weight: Array) -> Array:
    """Weights of the outcomes in the fitted value at 0 of a weighted quadratic."""
    scale = max(float(np.abs(away).max()), 1e-12)
    design = np.vander(away / scale, 3, increasing=True)
    root = np.sqrt(weight)
    row: Array = np.linalg.pinv(design * root[:, None])[0] * root
    return row
