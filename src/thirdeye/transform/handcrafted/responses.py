"""First-order statistics of what a filter makes of a picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.handcrafted.picture import moments, percentiles

_BINS = 32


def statistics_of(name: str, response: NDArray[np.float32]) -> dict[str, float]:
    """Nine statistics of a filter's response: moments, two percentiles, entropy, uniformity, mean size.

    The kurtosis is given as its asinh, as single sharp edges make it huge. Entropy (bits) and uniformity are
    those of 32 bins between the least and the largest value.
    """
    mean, std, skewness, kurtosis = moments(response)
    p10, p90 = percentiles(response, (10, 90))
    shares = _shares(response)
    found = {
        "mean": mean,
        "std": std,
        "skewness": skewness,
        "kurtosis": math.asinh(kurtosis),
        "p10": p10,
        "p90": p90,
        "entropy": float(-(shares * np.log2(shares)).sum()) + 0.0,
        "uniformity": float((shares**2).sum()),
        "mean_magnitude": float(np.abs(response).mean()),
    }
    return {f"{name}_{what}": value for what, value in found.items()}


def _shares(response: NDArray[np.float32]) -> NDArray[np.float64]:
    low, high = float(response.min()), float(response.max())
    if high - low < 1e-9:
        return np.ones(1)
    place = ((response.ravel() - low) * ((_BINS - 1e-3) / (high - low))).astype(np.intp)
    counts = np.bincount(place, minlength=_BINS)
    return counts[counts > 0] / response.size
