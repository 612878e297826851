"""How far a value lies from the others, when some of the others are wild too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MAD_TO_SD = 1.4826
_MEAN_AD_TO_SD = 1.2533


def robust_z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the median in robust standard deviations, its sign kept (Iglewicz & Hoaglin 1993).

    Values above and below are measured by the spread of their own side, so that a lopsided distribution
    accuses nobody. NaN stays NaN; where half of all values are equal, the mean absolute deviation is used.

    Args:
        values: (n,).
    """
    centre = np.nanmedian(values) if np.isfinite(values).any() else np.nan
    away = values - centre
    z = np.zeros_like(away)
    for side in (away > 0, away < 0):
        if side.any():
            z[side] = away[side] / _spread(np.abs(away[side]), np.abs(away))
    z[~np.isfinite(values)] = np.nan
    return z


def _spread(side: NDArray[np.float64], everyone: NDArray[np.float64]) -> float:
    """Robust standard deviation of one side; never below that of everyone."""
    known = everyone[np.isfinite(everyone)]
    candidates = [_MAD_TO_SD * float(np.median(known)), _MEAN_AD_TO_SD * float(known.mean())]
    whole = candidates[0] if candidates[0] > 0 else candidates[1]
    return max(whole, _MAD_TO_SD * float(np.median(side)) if side.size > known.size / 10 else 0.0, 1e-12)
