"""How a picture is exposed: dark, bright, cut off, flat."""

from __future__ import annotations

import math

import numpy as np

from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.gauges.views import LEVELS, coarse_levels


@GAUGES.register("exposure")
def gauge(image: Image) -> dict[str, float]:
    """Brightness, contrast, and the shares that are black and white to the limit.

    ``brightness``: mean level, 0 to 1. ``contrast``: 95th less 5th percentile, 0 to 1. ``black``,
    ``white``: share of the pixels at the least and at the greatest possible level, 0 to 1. Levels are of 0
    to 255 for 8 bits, else of the picture's own range.
    """
    counts = np.bincount(coarse_levels(image).ravel(), minlength=LEVELS).astype(np.float64)
    total = float(counts.sum())
    if total == 0:
        return dict.fromkeys(("brightness", "contrast", "black", "white"), math.nan)
    below = np.cumsum(counts) / total
    low, high = (int(np.searchsorted(below, share)) for share in (0.05, 0.95))
    return {
        "brightness": round(float(counts @ np.arange(LEVELS) / total) / (LEVELS - 1), 4),
        "contrast": round((high - low) / (LEVELS - 1), 4),
        "black": round(float(counts[0] / total), 4),
        "white": round(float(counts[-1] / total), 4),
    }
