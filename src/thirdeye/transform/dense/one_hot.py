"""Maps of class numbers as maps of 0 and 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def one_hot_maps(maps: NDArray[np.uint8], n_classes: int) -> NDArray[np.float32]:
    """(n, ...) class numbers to (n, n_classes, ...) of 0 and 1.

    Args:
        maps: numbers below `n_classes`; a higher one is 0 everywhere.
        n_classes: background included.
    """
    numbers = np.arange(n_classes, dtype=np.uint8).reshape(1, -1, *[1] * (maps.ndim - 1))
    return (maps[:, None] == numbers).astype(np.float32)
