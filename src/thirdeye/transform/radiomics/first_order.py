"""First-order statistics of the values in a region (IBSI 3.3 and 3.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError

NAMES = (
    "mean",
    "variance",
    "skewness",
    "kurtosis",
    "median",
    "minimum",
    "percentile_10",
    "percentile_90",
    "maximum",
    "interquartile_range",
    "range",
    "mean_absolute_deviation",
    "robust_mean_absolute_deviation",
    "median_absolute_deviation",
    "coefficient_of_variation",
    "quartile_coefficient_of_dispersion",
    "energy",
    "root_mean_square",
)
_EDGE = 1e-12


def first_order(values: Any) -> dict[str, float]:
    """The eighteen statistics of `NAMES`, in the units of the values (energy: squared).

    The variance divides by n; kurtosis is the excess over 3; percentiles interpolate linearly.
    Skewness and kurtosis of constant values are 0, as are the two ratios where their denominator is 0.

    Args:
        values: any shape, n >= 1; those that are not finite are left out.

    Raises:
        UsageError: no finite value.
    """
    x = np.asarray(values, dtype=np.float64).ravel()
    x = x[np.isfinite(x)]
    if x.size == 0:
        raise UsageError("first-order statistics need at least one finite value; got none")
    p10, p25, median, p75, p90 = np.percentile(x, (10, 25, 50, 75, 90))
    mean = float(x.mean())
    gaps = x - mean
    robust = x[(x >= p10) & (x <= p90)]
    spread = float(np.sqrt((gaps**2).mean()))
    found = (
        mean,
        spread**2,
        *_shape(gaps, spread, mean),
        median,
        x.min(),
        p10,
        p90,
        x.max(),
        p75 - p25,
        np.ptp(x),
        np.abs(gaps).mean(),
        np.abs(robust - robust.mean()).mean() if robust.size else 0.0,
        np.abs(x - median).mean(),
        _ratio(spread, mean),
        _ratio(p75 - p25, p75 + p25),
        (x**2).sum(),
        np.sqrt((x**2).mean()),
    )
    return {name: float(value) for name, value in zip(NAMES, found, strict=True)}


def histogram_statistics(counts: NDArray[np.integer]) -> dict[str, float]:
    """Entropy (bits) and uniformity of a histogram of grey levels.

    Args:
        counts: (N,) not all 0.
    """
    p = counts[counts > 0] / counts.sum()
    return {"entropy": float(-(p * np.log2(p)).sum()), "uniformity": float((p**2).sum())}


def _shape(gaps: NDArray[np.float64], spread: float, mean: float) -> tuple[float, float]:
    if spread <= _EDGE * max(1.0, abs(mean)):
        return 0.0, 0.0
    unit = gaps / spread
    return float((unit**3).mean()), float((unit**4).mean()) - 3


def _ratio(above: float, below: float) -> float:
    return above / below if abs(below) > _EDGE else 0.0
