"""Traces of lossy compression, in the file or from before."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.intake.gauges.gauge import GAUGES
from thirdeye.intake.gauges.views import piece

_BLOCK_PX = 8
_LEAST_PX = 32


@GAUGES.register("compression")
def gauge(image: Image) -> dict[str, float]:
    """Quality of a JPEG file, and steps at the edges of its 8 x 8 blocks.

    ``jpeg_quality``: 1 to 100 after the file's quantisation table; NaN where it is no JPEG.
    ``blockiness``: mean step between pixels across the edges of blocks over that elsewhere, less 1 (after
    Wang, Sheikh & Bovik 2002); near 0 without compression, also found where a JPEG was saved as PNG.
    """
    quality = image.attributes.get("jpeg_quality", "")
    return {
        "jpeg_quality": float(quality) if quality else math.nan,
        "blockiness": round(blockiness(piece(image)), 4),
    }


def blockiness(values: NDArray[np.float32]) -> float:
    """Of (h, w) values whose upper left corner is that of a block; NaN where too small or flat."""
    if min(values.shape) < _LEAST_PX:
        return math.nan
    ratios = [_ratio(np.abs(np.diff(way, axis=1)).mean(axis=0)) for way in (values, values.T)]
    return float(np.mean(ratios))


def _ratio(steps: NDArray[np.float32]) -> float:
    """Of the mean steps from each column to the next."""
    at_edge = (np.arange(steps.size) + 1) % _BLOCK_PX == 0
    elsewhere = float(steps[~at_edge].mean())
    return float(steps[at_edge].mean()) / elsewhere - 1 if elsewhere > 0 else math.nan
