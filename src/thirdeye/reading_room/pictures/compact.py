"""Values of any kind as integers of at most 16 bits, with slope and intercept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS = 65535


def compact(values: NDArray[np.generic]) -> tuple[NDArray[np.generic], float, float]:
    """Integers of 8 or 16 bits with the slope and intercept that lead back to the values.

    Whole numbers that fit are kept as they are; anything else is laid onto 65,536 equal steps between the
    smallest and the largest value.

    Args:
        values: any shape, integer or float, finite.

    Returns:
        uint8, uint16 or int16 values; slope; intercept.
    """
    if values.dtype in (np.uint8, np.uint16, np.int16):
        return values, 1.0, 0.0
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if values.dtype.kind in "biu" or (values == np.rint(values)).all():
        for kind in (np.uint8, np.uint16, np.int16):
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return values.astype(kind), 1.0, 0.0
    slope = (high - low) / _STEPS if high > low else 1.0
    steps = np.rint((values.astype(np.float64) - low) / slope)
    return steps.astype(np.uint16), slope, low
