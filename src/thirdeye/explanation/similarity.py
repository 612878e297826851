"""How alike two maps are: structural similarity and rank correlation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import rankdata

SIGMA = 1.5
TRUNCATE = 3.5
BORDER = int(TRUNCATE * SIGMA + 0.5)  # of the window, left out of the mean
C1, C2 = 0.01**2, 0.03**2  # for values on 0..1
Array = NDArray[Any]


def ssim(one: Array, other: Array) -> float:
    """Mean structural similarity of two maps (h, w) on 0..1; 1 for equal maps.

    Gaussian window of sigma 1.5 (Wang et al., IEEE TIP 13(4), 2004, eq. 13); h and w at least 11.
    """
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variance_x, variance_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    top = (2 * mean_x * mean_y + C1) * (2 * covariance + C2)
    bottom = (mean_x**2 + mean_y**2 + C1) * (variance_x + variance_y + C2)
    return float((top / bottom)[BORDER:-BORDER, BORDER:-BORDER].mean())


def spearman(one: Array, other: Array) -> float:
    """Rank correlation of the values of two maps, -1 to 1; 0 where a map is constant (nothing is shared)."""
    x, y = rankdata(one), rankdata(other)
    x, y = x - x.mean(), y - y.mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else 0.0


def _blurred(values: Array) -> Array:
    return gaussian_filter(values, SIGMA, truncate=TRUNCATE)
