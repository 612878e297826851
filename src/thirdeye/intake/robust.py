"""Far from the others, by measures that the far ones do not move."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FAR = 5.0
_TO_SIGMA = 1.4826  # of the median absolute deviation, under a normal distribution


def robust_z(values: Any) -> NDArray[np.float64]:
    """Distances from the median in robust standard deviations, (n,); 0 where all agree, NaN where NaN."""
    numbers = np.asarray(values, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return np.full(numbers.shape, np.nan)
    middle = float(np.median(finite))
    spread = _TO_SIGMA * float(np.median(np.abs(finite - middle)))
    if spread == 0:
        spread = float(np.std(finite))
    return np.zeros(numbers.shape) if spread == 0 else (numbers - middle) / spread
