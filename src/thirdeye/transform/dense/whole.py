"""A whole prepared image at the sides that the label of a case is told from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thirdeye.transform.dense.resample import resampled


def whole(array: NDArray[np.float32], sides: tuple[int, ...]) -> NDArray[np.float32]:
    """(C, ...) to (C, *sides), all of the image kept; training and reading share it."""
    if array.shape[1:] == tuple(sides):
        return np.ascontiguousarray(array, np.float32)
    return np.ascontiguousarray(resampled(np.asarray(array, np.float32), tuple(sides)), np.float32)
