"""Statistics of the sub-bands of a wavelet transform (Haar), as radiomics has them."""

from __future__ import annotations

import numpy as np

from thirdeye.transform.handcrafted.frequency import haar_step
from thirdeye.transform.handcrafted.picture import Picture
from thirdeye.transform.handcrafted.responses import statistics_of

LEVELS = 2


def wavelet(picture: Picture) -> dict[str, float]:
    """Nine statistics of the approximation (ll) and the three details (lh, hl, hh) at two levels."""
    features: dict[str, float] = {}
    grey = picture.stretched
    for level in range(1, LEVELS + 1):
        grey, details = haar_step(grey)
        grey = grey * np.float32(0.5)  # the orthonormal step doubles the mean
        for name, band in zip(("ll", "lh", "hl", "hh"), (grey, *details), strict=True):
            features |= statistics_of(f"wavelet_{name}_{level}", band)
    return features
